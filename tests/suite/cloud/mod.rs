//! Components as pods of the rig's own kubelet, installed by their provider as `examples/cloud/install.yaml` has it, as an
//! account that may do no more than `package/components/deployer.yaml` says. Brought up once for all tests here.

mod life;
mod rights;
mod stack;
mod token;
