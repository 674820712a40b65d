//! What is asked before anything else (rows 2 and 3).

use super::*;

#[test]
fn row_2_a_paused_resource_is_left_alone_even_when_deleted() {
    for case in [
        Case::new().annotate(meta::PAUSED, "true"),
        Case::new().annotate(meta::PAUSED, "true").deleted(),
        Case::new().policies("[]"),
        Case::new().policies("[]").deleted(),
    ] {
        assert_eq!(case.end(), end("", "ReconcilePaused", Requeue::Stop));
        assert_eq!(case.verdict().event.unwrap().reason, "ReconciliationPaused");
    }
    assert_ne!(Case::new().annotate(meta::PAUSED, "yes").end().1, "ReconcilePaused");
}

#[test]
fn row_3_a_request_to_reconcile_is_acknowledged_once_and_not_while_paused() {
    let asked = || Case::new().annotate(meta::RECONCILE_REQUESTED_AT, "now");
    let handled = |token: &'static str| {
        asked().edit(|object| object.status.last_handled_reconcile_at = Some(token.to_owned()))
    };
    for case in [asked(), handled("before"), asked().deleted(), asked().policies(r#"["Create"]"#)] {
        assert_eq!(case.effect(), Effect::Acknowledge("now".into()));
    }
    let settled = ("Available".to_owned(), "ReconcileSuccess".to_owned(), Requeue::Poll);
    assert_eq!(handled("now").end(), settled);
    assert_eq!(asked().know(|s| s.done.acknowledged = Some("now".into())).end(), settled);
    assert_eq!(Case::new().annotate(meta::RECONCILE_REQUESTED_AT, "").end(), settled);
    for paused in [asked().annotate(meta::PAUSED, "true"), asked().policies("[]")] {
        assert_eq!(paused.end().1, "ReconcilePaused");
    }
}
