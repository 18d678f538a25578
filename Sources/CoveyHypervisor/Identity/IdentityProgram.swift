/// The guest's side of `docs/identity.md`: two C source files, which a template's build compiles into the guest.
public enum IdentityProgram {
  /// Their names and contents, carried inside the executable so that an installed covey needs no file beside it.
  ///
  /// SwiftPM makes `PackageResources` from the target's `embedInCode` resources.
  public static var sources: [(name: String, bytes: [UInt8])] {
    [("identity.c", PackageResources.identity_c), ("grow.c", PackageResources.grow_c)]
  }
}
