//! Everything that is tested on real parts: one binary, one rig, one provider installed through Crossplane.

mod layers;
