//! Effects: each is one write to the API server or one question or step to the cloud.

pub mod external;
pub mod kubernetes;
pub mod secret_inputs;
