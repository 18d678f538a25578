enum CoveyTrafficPlaceholder {}
