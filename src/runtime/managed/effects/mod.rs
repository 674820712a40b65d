//! Effects: what the plan asks for, done. Each reads the pass and returns what came of it; none changes it.

mod assess;
mod connect;
mod events;
mod import;
mod kubernetes;
mod observe;
mod publish;
mod references;
mod release;
mod secret_digests;
mod secret_inputs;
mod secret_users;
mod step;

pub(crate) use assess::Assessor;
pub(crate) use connect::Connector;
pub(crate) use events::Announcer;
pub(crate) use kubernetes::Writer;
pub(crate) use observe::Observer;
pub(crate) use publish::Publisher;
pub(crate) use references::ReferenceResolver;
pub(crate) use release::Releaser;
pub(crate) use secret_digests::SecretDigests;
pub(crate) use secret_inputs::SecretInputs;
pub(crate) use secret_users::SecretUsers;
pub(crate) use step::Stepper;
