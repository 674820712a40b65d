//! Names that Crossplane fixes for managed resources: annotations, labels, the finalizer.
//! <https://docs.crossplane.io/latest/managed-resources/managed-resources/>

/// Name of the external resource: here the OpenStack id, or a natural key.
pub const EXTERNAL_NAME: &str = "crossplane.io/external-name";
/// A create was about to be sent at this time (RFC 3339).
pub const CREATE_PENDING: &str = "crossplane.io/external-create-pending";
/// The last create succeeded at this time, and its external-name is recorded.
pub const CREATE_SUCCEEDED: &str = "crossplane.io/external-create-succeeded";
/// The last create failed at this time.
pub const CREATE_FAILED: &str = "crossplane.io/external-create-failed";
/// `"true"` stops reconciliation.
pub const PAUSED: &str = "crossplane.io/paused";
/// Go duration that replaces the poll interval of one resource.
pub const POLL_INTERVAL: &str = "crossplane.io/poll-interval";
/// Any new value asks for a reconcile now.
pub const RECONCILE_REQUESTED_AT: &str = "crossplane.io/reconcile-requested-at";
/// Digests of the secrets that were sent last, by field: how a change is noticed of what no cloud tells.
pub const SECRET_DIGESTS: &str = "kupenstack.io/secret-digests";
/// `"true"` lets a resource take over an object that carries another owner's marker.
pub const TAKE_OVER: &str = "kupenstack.io/take-over";

/// Finalizer of every managed resource.
pub const FINALIZER: &str = "finalizer.managedresource.crossplane.io";
/// Finalizers by which Kubernetes' garbage collector keeps an object until what it owns is gone, or is nobody's.
pub const COLLECTORS: [&str; 2] = ["foregroundDeletion", "orphan"];
/// Finalizer that keeps a ProviderConfigUsage until its managed resource is gone.
pub const USAGE_FINALIZER: &str = "finalizer.providerconfigusage.crossplane.io";
/// Finalizer that keeps a ProviderConfig while it is used.
pub const IN_USE_FINALIZER: &str = "in-use.crossplane.io";

/// Label on usages: name of the ProviderConfig.
pub const LABEL_CONFIG: &str = "crossplane.io/provider-config";
/// Label on usages: kind of the ProviderConfig.
pub const LABEL_CONFIG_KIND: &str = "crossplane.io/provider-config-kind";

/// Type of connection secrets.
pub const CONNECTION_SECRET_TYPE: &str = "connection.crossplane.io/v1alpha1";
