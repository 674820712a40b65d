use super::*;
use crate::components::ALL;
use serde_json::json;
use std::collections::BTreeSet;

fn facts(chart: &str) -> &'static Facts {
    ALL.iter().find(|known| known.facts.chart == Some(chart)).unwrap().facts
}

#[test]
fn of_every_password_it_is_said_how_it_is_renewed() {
    for facts in ALL.iter().map(|known| known.facts) {
        for key in facts.passwords() {
            assert!(renewal(facts, key).is_some(), "{}: {key}", facts.kind);
        }
    }
    let all: BTreeSet<_> = ALL.iter().flat_map(|known| known.facts.passwords()).collect();
    for (other, _) in OTHERS {
        assert!(all.iter().any(|key| key.starts_with(other)), "nothing is named {other}");
    }
    assert_eq!(renewal(facts("nova"), "db-glance"), None, "it is not Nova's");
}

#[test]
fn accounts_are_told_from_keys_that_data_are_encrypted_with_and_from_what_servers_take_in_place() {
    for (chart, key, how) in [
        ("nova", "db-nova", "beside"),
        ("nova", "messaging-nova", "beside"),
        ("cinder", "identity-service", "beside"),
        ("mariadb", "db-admin", "in place"),
        ("memcached", "cache-key", "in place"),
        ("keystone", "identity-admin", "in place"),
        ("heat", "identity-heat-trustee", "in place"),
        ("heat", "identity-heat", "beside"),
        ("neutron", "metadata-secret", "in place"),
        ("barbican", "barbican-kek", "never"),
        ("gnocchi", "gnocchi-statsd-user", "never"),
        ("rabbitmq", "erlang-cookie", "never"),
    ] {
        let found = match renewal(facts(chart), key).unwrap() {
            Renewal::Account(_) => "beside",
            Renewal::InPlace(_) => "in place",
            Renewal::Never(_) => "never",
        };
        assert_eq!(found, how, "{chart}: {key}");
    }
}

#[test]
fn an_account_is_named_as_its_chart_names_it_and_then_after_its_generation() {
    for (chart, to, users, own) in [
        ("nova", "endpoints.oslo_db_cell0.auth.nova.password", ["nova", "nova_2"], true),
        ("nova", "endpoints.identity.auth.neutron.password", ["nova_neutron", "nova_neutron_2"], true),
        (
            "nova",
            "endpoints.identity.auth.service.password",
            ["nova_service_user", "nova_service_user_2"],
            true,
        ),
        ("neutron", "endpoints.identity.auth.nova.password", ["neutron_nova", "neutron_nova_2"], true),
        ("cinder", "endpoints.identity.auth.glance.password", ["glance", "glance_2"], false),
        ("trove", "endpoints.identity.auth.nova.password", ["nova", "nova_2"], false),
        ("glance", "endpoints.oslo_messaging.auth.glance.password", ["glance", "glance_2"], true),
    ] {
        let facts = facts(chart);
        let wire = facts.wires().find(|wire| wire.to == to).unwrap();
        let account = account(facts, wire).unwrap();
        assert_eq!([account.user(1), account.user(2)], users, "{chart}: {to}");
        assert_eq!(
            (account.is_own(), account.path()),
            (own, to.replace(".password", ".username")),
            "{chart}: {to}"
        );
    }
}

#[test]
fn a_password_is_found_by_its_generation_and_under_its_name_alone_before_it_was_renewed() {
    let first = json!({"db-nova": "one", "db-nova-api": "other"});
    let renewed = json!({"db-nova": "three", "db-nova.1": "one", "db-nova.3": "three"});
    for (document, generation, found) in [
        (&first, 1, Some("one")),
        (&first, 2, Some("one")),
        (&renewed, 1, Some("one")),
        (&renewed, 2, None),
        (&renewed, 3, Some("three")),
        (&json!({}), 1, None),
    ] {
        assert_eq!(
            of_generation(document.as_object().unwrap(), "db-nova", generation),
            found,
            "{document} {generation}"
        );
    }
}
