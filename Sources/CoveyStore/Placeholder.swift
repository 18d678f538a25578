enum CoveyStorePlaceholder {}
