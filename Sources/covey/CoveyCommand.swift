import ArgumentParser
@main struct CoveyCommand: ParsableCommand { }
