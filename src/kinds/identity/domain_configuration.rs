//! Configurations of Keystone domains: <https://docs.openstack.org/api-ref/identity/v3/#domain-configuration>

mod fields;

use crate::kind::{
    Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, Seen, Step,
    diff::Diff,
    plain_reads, plain_step,
    request::{Method, Read, service::IDENTITY},
    rest::{Creation, Rest, listing::Listing, wire},
};
use fields::{DomainConfigurationObservation, DomainConfigurationParameters};
use serde_json::{Map, Value, json};

/// What a domain does otherwise than the rest of the cloud.
pub struct DomainConfiguration;

impl Kind for DomainConfiguration {
    type Parameters = DomainConfigurationParameters;
    type Observation = DomainConfigurationObservation;
    const INFO: Info = Info {
        kind: "DomainConfiguration",
        plural: "domainconfigurations",
        short: "osdomc",
        about: "A DomainConfiguration says where a domain of OpenStack has its users, such as in an LDAP of its own. Keystone heeds it where it is set up to read it from its database. Deleting it deletes all options that the domain has.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-domain-configuration",
        external_name: "the domain's id",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        requires: &[&["identity", "ldap"]],
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest { creation: Creation::Put, ..Rest::keystone("domains", "config") });
    const LISTING: Listing = Listing::None;
    const OPTIONS: Options = Options { imports: false, looks_first: true, ..Options::USUAL };
    /// The address says it.
    const NOT_IN_CREATE: &[&str] = &["domain_id"];

    fn chosen_name(key: &Key<'_, DomainConfigurationParameters>) -> Option<String> {
        key.any.meta.external_name.or(key.params.domain_id.as_deref()).map(str::to_owned)
    }

    fn reads(key: &Key<'_, DomainConfigurationParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        reads.retain(|read| matches!(read, Read::Get { .. }));
        if let Some(Read::Get { path }) = reads.first_mut() {
            path.push_str(BELOW);
        }
        reads
    }

    /// It is its domain's, and has groups of options only.
    fn complete_answer(key: &Key<'_, DomainConfigurationParameters>, config: &mut Map<String, Value>) {
        let domain = Self::chosen_name(key);
        config.extend(["id", "domain_id"].map(|name| (name.to_owned(), json!(domain))));
    }

    fn step(
        goal: Goal,
        key: &Key<'_, DomainConfigurationParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        if let Step::Send(request) = &mut step {
            request.path.push_str(BELOW);
            // A PUT would remove what else the domain has.
            request.method = if goal == Goal::Vanish { Method::Delete } else { Method::Patch };
        }
        Ok(step)
    }

    /// The password is an option among the others, which Keystone wants an update to have some of.
    fn complete_update(
        key: &Key<'_, DomainConfigurationParameters>,
        _: &Seen<'_, Self>,
        config: &mut Map<String, Value>,
    ) {
        if let Some(ldap) = wire::encode(&key.any.shapes.params, key.any.params).remove("ldap") {
            config.entry("ldap").or_insert(ldap);
        }
    }
}

const BELOW: &str = "/config";

#[cfg(test)]
mod tests;
