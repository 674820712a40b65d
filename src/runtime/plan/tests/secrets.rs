//! What the plan does about secrets, and about names that people choose.

use super::*;
use crate::kind::sealed::Sealed;

fn known(case: Case, secrets: SecretsProgress) -> Case {
    case.know(|s| s.secrets_progress = secrets)
}

#[test]
fn secrets_are_read_before_the_cloud_is_asked_and_only_where_they_can_matter() {
    let asked = |case: Case| known(case, SecretsProgress::Unread).know(|s| s.found = None).effect();
    assert_eq!(asked(Case::new()), Effect::ReadSecrets);
    assert_eq!(asked(Case::new().deleted()), Effect::Observe, "a delete needs none");
    assert_eq!(asked(Case::new().policies(r#"["Observe"]"#)), Effect::Observe, "nor does a look");
    assert_eq!(asked(Case::new().policies(r#"["Observe","Update"]"#)), Effect::ReadSecrets);
}

#[test]
fn what_a_look_needs_is_read_whatever_is_allowed_but_not_for_most_deletions() {
    let asked = |case: Case| case.know(|s| (s.look_inputs, s.found) = (None, None)).effect();
    for policies in [r#"["*"]"#, r#"["Observe"]"#] {
        assert_eq!(asked(Case::new().policies(policies)), Effect::ReadForLook);
    }
    assert_eq!(asked(Case::new().deleted()), Effect::Observe);
    let cleans_up = Case::new().deleted().know(|s| s.deletes_with_inputs = true);
    assert_eq!(asked(cleans_up), Effect::ReadForLook, "but for one that cleans up with a login");
    let missing = || Case::new().know(|s| s.look_inputs = Some(Err("Secret \"x\" does not exist".into())));
    assert_eq!(missing().end(), end("", "ReconcileError", Requeue::Backoff));
    assert_eq!(missing().message(), "Secret \"x\" does not exist");
    assert_eq!(missing().verdict().event.unwrap().reason, "CannotReadSecrets");
}

#[test]
fn what_only_a_create_needs_is_read_and_minted_just_before_it() {
    let fresh = |secrets| known(Case::fresh().know(|s| s.done.published = false), secrets);
    assert_eq!(fresh(SecretsProgress::Compared).effect(), Effect::PrepareSecrets);
    assert_eq!(fresh(SecretsProgress::Complete).effect(), Effect::Publish);
    let here = known(Case::new(), SecretsProgress::Compared);
    assert_eq!(
        here.end(),
        end("Available", "ReconcileSuccess", Requeue::Poll),
        "it exists: the rest is not asked for"
    );
    let lost = known(Case::fresh().unanswered(40, &[0]), SecretsProgress::Compared);
    assert_eq!(lost.end().2, Requeue::NotBefore(Duration::from_secs(20)), "nor while it may exist");
}

#[test]
fn a_secret_that_is_missing_is_said_and_waited_for() {
    for case in [Case::new(), Case::fresh()] {
        let case = known(case, SecretsProgress::Missing("cannot read: Secret \"x\" has no key \"y\"".into()));
        assert_eq!(case.end(), end("", "ReconcileError", Requeue::Backoff));
        assert_eq!(case.message(), "cannot read: Secret \"x\" has no key \"y\"");
        assert_eq!(case.verdict().event.unwrap().reason, "CannotReadSecrets");
    }
}

#[test]
fn digests_are_recorded_with_the_create_and_right_after_an_update() {
    let sent = |case: Case| case.know(|s| s.done.applied = vec!["passwordSecretRef".into()]);
    let created = sent(Case::new().unnamed().mark(meta::CREATE_PENDING, 0).know(|s| s.done.created = true));
    assert_eq!(created.effect(), Effect::RecordCreated("id".into()), "in the write that happens anyway");
    assert_eq!(
        sent(Case::new().differs()).effect(),
        Effect::RecordSecrets,
        "before anything else is changed"
    );
}

#[test]
fn what_only_the_answer_to_the_create_tells_is_published_before_anything_is_recorded() {
    let created = |key: &[(&str, &str)]| {
        let told = key.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        let case =
            Case::new().unnamed().mark(meta::CREATE_PENDING, 0).it(|it| it.observed.sealed = Sealed(told));
        case.know(|s| (s.done.created, s.done.published) = (true, false))
    };
    let told = || created(&[("auth-key", "k")]);
    assert_eq!(told().effect(), Effect::Publish);
    assert_eq!(told().know(|s| s.done.published = true).effect(), Effect::RecordCreated("id".into()));
    assert_eq!(created(&[]).effect(), Effect::RecordCreated("id".into()));
}

#[test]
fn a_minted_secret_that_was_lost_is_said_and_the_rest_goes_on() {
    let lost = || Case::new().it(|it| it.lost = Some("restore the Secret".into()));
    assert_eq!(lost().end(), end("Available", "ReconcileError", Requeue::Poll));
    assert_eq!(lost().message(), "restore the Secret");
    assert_eq!(lost().deleted().effect(), Effect::Pursue(Goal::Vanish));
}

#[test]
fn ext_4_what_only_has_our_name_is_neither_adopted_nor_deleted() {
    let stranger = || Case::new().it(|it| it.stranger = true);
    let lost = || stranger().unnamed().mark(meta::CREATE_PENDING, -10);
    assert_eq!(lost().effect(), Effect::RecordFailed);
    let failed = lost().mark(meta::CREATE_FAILED, 0);
    assert_eq!(failed.end(), end("Creating", "ReconcileError", Requeue::Backoff));
    assert!(failed.message().contains(meta::EXTERNAL_NAME), "{}", failed.message());
    assert_eq!(lost().deleted().effect(), Effect::Release);
    let chosen = stranger();
    assert_eq!(chosen.end().1, "ReconcileSuccess", "NAM-2: a person set the external-name");
    let ours = lost().know(|s| s.done.created = true);
    assert_eq!(ours.effect(), Effect::RecordCreated("id".into()), "this pass made it");
}
