use super::*;

fn key(kind: &'static str, name: &str) -> ObjectKey {
    ObjectKey { kind, namespace: "a".into(), name: name.into() }
}

fn network(name: &str) -> ObjectKey {
    key("network.Network", name)
}

fn port(name: &str) -> ObjectKey {
    key("network.Port", name)
}

fn id(id: &str) -> Target {
    Target::external(&network(""), id)
}

#[test]
fn who_is_blocked_is_woken_once_by_what_it_named_or_by_any_that_its_selector_may_choose() {
    let mut all = Dependents::default();
    let any = Target::AnyOf { kind: "network.Network".into(), namespace: "a".into() };
    all.blocked(&port("by-name"), Some(Target::resource(&network("n"))));
    all.blocked(&port("by-selector"), Some(any));
    assert_eq!(all.yields(&network("other")), [port("by-selector")].into());
    assert_eq!(all.yields(&network("n")), [port("by-name")].into());
    assert_eq!(all.yields(&network("n")), [].into());
    all.blocked(&port("p"), Some(Target::resource(&network("n"))));
    all.blocked(&port("p"), Some(Target::resource(&network("m"))));
    assert_eq!(all.yields(&network("n")), [].into(), "it waits for something else by now");
    all.blocked(&port("p"), None);
    assert!(all.is_empty());
}

#[test]
fn a_failed_creation_is_woken_by_what_it_refers_to_by_name_or_id_whichever_is_ready_first() {
    let mut all = Dependents::default();
    all.refers(&port("p"), [Target::resource(&network("n")), id("i")].into());
    assert_eq!(all.ready(&network("n"), Some("j")), [].into(), "nothing failed yet");
    all.creation_failed(&port("p"));
    assert_eq!(all.ready(&network("other"), Some("ii")), [].into(), "the whole id counts");
    assert_eq!(all.ready(&port("other"), Some("i")), [].into(), "an id is one of a kind");
    assert_eq!(all.ready(&network("other"), Some("i")), [port("p")].into());
    assert_eq!(all.ready(&network("n"), None), [].into(), "it was woken");
    all.creation_failed(&port("p"));
    assert_eq!(all.ready(&network("n"), None), [port("p")].into());
    all.creation_failed(&port("p"));
    all.ready(&port("p"), Some("p"));
    assert_eq!(all.ready(&network("n"), None), [].into(), "it was created");
}

#[test]
fn a_refused_deletion_is_woken_by_the_end_of_each_that_refers_to_it_until_it_is_gone_itself() {
    let mut all = Dependents::default();
    all.refers(&port("by-name"), [Target::resource(&network("n"))].into());
    all.refers(&port("by-id"), [id("other")].into());
    all.also_refers(&port("by-id"), [id("i")].into());
    all.refers(&port("stranger"), [id("j")].into());
    all.deletion_refused(&network("n"), "i");
    assert_eq!(all.gone(&port("stranger")), [].into());
    assert_eq!(all.gone(&port("by-name")), [network("n")].into());
    assert_eq!(all.gone(&port("by-id")), [network("n")].into());
    assert_eq!(all.gone(&network("n")), [].into());
    assert!(all.is_empty(), "nothing is left behind");
}

#[test]
fn who_uses_a_secret_is_known_until_it_uses_another_or_is_gone() {
    let mut all = Dependents::default();
    let secret = |name: &str| Target::Secret { namespace: "a".into(), name: name.into() };
    let users = |all: &Dependents, name: &str| all.users(&secret(name)).cloned().collect::<Vec<_>>();
    all.refers(&port("p"), [secret("s"), id("i")].into());
    all.also_refers(&port("q"), [secret("s")].into());
    assert_eq!(users(&all, "s"), [port("p"), port("q")]);
    all.deletion_held(&network("n"), secret("s"));
    assert_eq!(all.refers(&port("p"), [secret("t"), id("i")].into()), [network("n")].into());
    assert_eq!(all.refers(&port("p"), [secret("t")].into()), [].into(), "nobody waits for that");
    assert_eq!((users(&all, "s"), users(&all, "t")), (vec![port("q")], vec![port("p")]));
    assert_eq!(all.gone(&port("q")), [network("n")].into());
    all.gone(&network("n"));
    all.gone(&port("p"));
    assert!(all.is_empty(), "nothing is left behind");
}

#[test]
fn of_who_is_gone_no_wait_is_left() {
    let mut all = Dependents::default();
    all.refers(&port("p"), [id("i")].into());
    all.blocked(&port("p"), Some(Target::resource(&network("n"))));
    all.creation_failed(&port("p"));
    all.deletion_refused(&port("p"), "p");
    all.gone(&port("p"));
    assert!(all.is_empty());
}
