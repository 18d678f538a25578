/// The paths of the API, in one place for daemon and client.
///
/// | route | request | answer |
/// |---|---|---|
/// | `GET /v1/guests` | - | `ListView<GuestView>` |
/// | `POST /v1/guests` | `LaunchBody` | 202 `OperationView` |
/// | `GET /v1/guests/{name}` | - | `InfoView<GuestView>` |
/// | `POST /v1/guests/{name}/start`, `/stop`, `/restart` | `StopBody` or none | 202 `OperationView` |
/// | `DELETE /v1/guests/{name}?force=true` | - | 202 `OperationView` |
/// | `GET /v1/guests/{name}/logs?lines=N` | - | `LogView` |
/// | `GET`, `POST /v1/guests/{name}/snapshots` | `SnapshotBody` or none | `SnapshotListView`, 202 `OperationView` |
/// | `DELETE /v1/guests/{name}/snapshots/{snapshot}` | - | 202 `OperationView` |
/// | `POST /v1/guests/{name}/snapshots/{snapshot}/restore` | `RestoreBody` or none | 202 `OperationView` |
/// | `GET /v1/guests/{name}/snapshots/{snapshot}/diff?to=OTHER` | - | `DifferenceView` |
/// | `POST /v1/guests/{name}/export` | `ExportBody` | 202 `OperationView` |
/// | `POST /v1/guests/{name}/seal` | `SealBody` | 202 `OperationView` |
/// | `POST /v1/import` | `ImportBody` | 202 `OperationView` |
/// | `GET /v1/disks` | - | `ListView<DiskView>` |
/// | `GET /v1/guests/{name}/disk` | - | `InfoView<DiskView>` |
/// | `POST /v1/guests/{name}/disk/move` | `MoveBody` | 202 `OperationView`; with `dryRun` `MoveView` |
/// | `POST /v1/guests/{name}/disk/resize` | `ResizeBody` | 202 `OperationView` |
/// | `POST /v1/guests/{name}/backups` | `BackupBody` | 202 `OperationView` |
/// | `GET /v1/backups?folder=PATH` | - | `ListView<BackupView>` |
/// | `POST /v1/backups/verify` | `BackupVerifyBody` | 202 `OperationView` |
/// | `POST /v1/backups/restore` | `BackupRestoreBody` | 202 `OperationView` |
/// | `POST /v1/backups/delete` | `BackupDeleteBody` | `BackupPruneView` |
/// | `POST /v1/guests/{name}/disk/flatten` | - | 202 `OperationView` |
/// | `POST /v1/guests/{name}/disk/rebase` | `RebaseBody` or none | 202 `OperationView` |
/// | `GET /v1/pools`, `POST /v1/pools` | `PoolBody` | `ListView<PoolView>`, 201 `InfoView<PoolView>` |
/// | `GET`, `DELETE /v1/pools/{name}` | - | `InfoView<PoolView>` |
/// | `GET /v1/balancers`, `POST /v1/balancers` | `BalancerBody` | `ListView<BalancerView>`, 201 `InfoView<BalancerView>` |
/// | `GET`, `DELETE /v1/balancers/{name}?dryRun=true` | - | `InfoView<BalancerView>` |
/// | `GET /v1/groups`, `POST /v1/groups` | `GroupSettingsBody` | `ListView<GroupView>`, 201 `InfoView<GroupView>` |
/// | `GET`, `PATCH`, `DELETE /v1/groups/{name}` | `GroupSettingsBody` | `InfoView<GroupView>` |
/// | `POST /v1/groups/{name}/scale`, `/pause`, `/resume` | `ScaleBody` or none | `InfoView<GroupView>` |
/// | `POST /v1/groups/{name}/retry` | - | `InfoView<GroupView>` |
/// | `POST /v1/groups/{name}/update` | `UpdateBody` or none | `InfoView<GroupView>` |
/// | `POST /v1/groups/{name}/update/pause`, `/resume`, `/rollback` | - | `InfoView<GroupView>` |
/// | `POST /v1/groups/{name}/weight` | `WeightBody` | `InfoView<GroupView>` |
/// | `GET /v1/groups/{name}/rounds?limit=N` | - | `ListView<RoundView>` |
/// | `POST /v1/apply` | `ApplyBody` | `ApplyView` |
/// | `GET /v1/templates`, `POST /v1/templates` | `BuildTemplateBody` | `ListView<TemplateView>`, 202 `OperationView` |
/// | `POST /v1/templates/import` | `ImageBody` | 202 `OperationView` |
/// | `POST /v1/templates/{name}/export` | `ExportBody` | 202 `OperationView` |
/// | `GET /v1/templates/{name}`, `DELETE /v1/templates/{name}?version=DIGEST` | - | `InfoView<TemplateView>` |
/// | `GET /v1/templates/{name}/lint` | - | `LintView` |
/// | `POST /v1/templates/{name}/warm` | `WarmBody` or none | 202 `OperationView` |
/// | `DELETE /v1/templates/{name}/warm` | - | `InfoView<TemplateView>` |
/// | `GET /v1/operations` | - | `ListView<OperationView>` |
/// | `GET /v1/operations/{id}?after=REVISION&wait=SECONDS` | - | `OperationView` |
/// | `POST /v1/operations/{id}/cancel` | - | 202 `OperationView` |
/// | `GET /v1/events?after=REVISION&wait=SECONDS&limit=N` | - | `ListView<EventView>` |
/// | `GET /v1/doctor` | - | `DoctorView` |
///
/// Everything that is not a success answers with an `ErrorBody` and the status of `ErrorTable`. `wait` is at most 30 s.
public enum Routes {
  public static let guests = "/v1/guests"
  public static let groups = "/v1/groups"
  public static let templates = "/v1/templates"
  public static let operations = "/v1/operations"
  public static let imports = "/v1/import"
  public static let disks = "/v1/disks"
  public static let pools = "/v1/pools"
  public static let balancers = "/v1/balancers"
  public static let backups = "/v1/backups"
  public static let events = "/v1/events"
  public static let apply = "/v1/apply"
  public static let doctor = "/v1/doctor"

  /// The longest that one request may wait for news, in seconds.
  public static let longestWait = 30
}
