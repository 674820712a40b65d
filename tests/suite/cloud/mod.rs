//! Components as pods of the rig's own kubelet, installed by their provider as `examples/cloud/install.yaml` has it, as an
//! account that may do no more than `package/components/deployer.yaml` says. `stack` is components that tests made one by
//! one, `clouds` are clouds from one manifest; each is brought up once. `accounts` is what others try with the accounts. `scenario_07` here and in
//! the simulation are one scenario, shown on two levels.

mod accounts;
mod answers;
mod clouds;
mod composed;
mod leftovers;
mod life;
mod nodes;
mod packages;
mod profiles;
mod reconfiguration;
mod release;
mod rotation;
mod services;
mod several;
mod stack;
mod token;
mod trouble;
mod upgrade;
mod vanish;
