use super::*;
use crate::runtime::{base::clock::Fixed, testing::fake::Fake};
use tokio::time::timeout;

const PATH: &str = "/apis/coordination.k8s.io/v1/namespaces/system/leases/lease";

fn candidate(fake: &Fake, pod: &str) -> Candidate {
    Candidate::new(fake.client(), Arc::new(Fixed::default()), "system", "lease", pod)
}

fn decided(lease: Option<&LeaseSpec>, unchanged: u64) -> Decision {
    decide(lease, Duration::from_secs(unchanged), MicroTime(Fixed::default().now), "me")
}

fn held(by: &str) -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some(by.to_owned()),
        lease_duration_seconds: Some(60),
        lease_transitions: Some(3),
        ..LeaseSpec::default()
    }
}

#[test]
fn a_lease_is_taken_if_absent_given_up_or_stale_and_renewed_if_ours() {
    let transitions = |decision| match decision {
        Decision::Take(spec) => spec.lease_transitions,
        Decision::Wait(_) => None,
    };
    assert_eq!(transitions(decided(None, 0)), Some(0));
    assert_eq!(transitions(decided(Some(&held("")), 0)), Some(4));
    assert_eq!(transitions(decided(Some(&held("me")), 0)), Some(3));
    assert_eq!(transitions(decided(Some(&held("other")), 60)), Some(4));
    assert_eq!(decided(Some(&held("other")), 59), Decision::Wait(Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn rt_6_one_of_two_leads_and_the_other_follows_soon_after_the_release() {
    let fake = Fake::default();
    let first = candidate(&fake, "a").acquire().await;
    let other = candidate(&fake, "b");
    assert!(timeout(Duration::from_secs(300), other.acquire()).await.is_err(), "a renews");
    first.release().await;
    assert!(timeout(Duration::from_secs(7), other.acquire()).await.is_ok());
    assert_eq!(fake.get(PATH).unwrap()["spec"]["holderIdentity"], "b_00000000");
}

#[tokio::test(start_paused = true)]
async fn a_dead_leader_is_followed_when_its_lease_has_not_changed_for_60_s() {
    let fake = Fake::default();
    drop(candidate(&fake, "a").acquire().await);
    let start = Instant::now();
    let _leading = candidate(&fake, "b").acquire().await;
    assert!((60..68).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_sees_another_holder_has_lost() {
    let fake = Fake::default();
    let leading = candidate(&fake, "a").acquire().await;
    fake.put(PATH, json!({"spec": {"holderIdentity": "b", "leaseDurationSeconds": 60}}));
    assert!(timeout(Duration::from_secs(11), leading.lost()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_cannot_renew_for_50_s_has_lost_before_others_may_take_over() {
    let fake = Fake::default();
    let leading = candidate(&fake, "a").acquire().await;
    (0..100).for_each(|_| fake.fail("leases", 503));
    let start = Instant::now();
    leading.lost().await;
    assert!((48..=50).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}
