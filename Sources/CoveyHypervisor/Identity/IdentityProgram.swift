/// The guest's side of `docs/identity.md`: one C source file, which a template's build compiles into the guest.
public enum IdentityProgram {
  /// `identity.c`, carried inside the executable so that an installed covey needs no file beside it.
  ///
  /// SwiftPM makes `PackageResources` from the target's `embedInCode` resource.
  public static var source: [UInt8] { PackageResources.identity_c }
}
