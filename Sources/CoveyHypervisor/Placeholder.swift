enum CoveyHypervisorPlaceholder {}
