use super::*;

const S: &str = "network";

fn wall(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn away() -> Error {
    Error::Unreachable { service: S, host: "h:1".into(), detail: "refused".into() }
}

fn refused(status: u16, retry_after: Option<u64>) -> Error {
    let retry_after = retry_after.map(Duration::from_secs);
    Error::Refused { service: S, status, code: None, retry_after, message: "slower".into() }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_requests_at_once_do_not_wait_and_more_come_at_the_rate() {
    let throttles = Throttles::new(None);
    let began = Instant::now();
    for _ in 0..1000 {
        throttles.turn(S).await.unwrap();
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    for _ in 0..400 {
        throttles.turn(S).await.unwrap();
    }
    assert!((1900..=2100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whoever_would_wait_too_long_is_told_to_come_again() {
    let mut throttle = Throttle::new(S, 1);
    let now = Instant::now();
    let waits: Vec<_> = (0..10).map(|_| throttle.ask(now).unwrap().as_secs()).collect();
    assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
    let busy = throttle.ask(now).unwrap_err();
    assert_eq!(busy.class(), Class::RateLimited(Duration::from_secs(6)));
    assert!(busy.to_string().contains("requestsPerSecond"), "{busy}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_a_service_asks_for_holds_for_all_and_then_they_come_at_the_rate() {
    let mut throttle = Throttle::new(S, 10);
    let now = Instant::now();
    throttle.ask(now).unwrap();
    throttle.ended(Some(refused(429, Some(60))), now, wall(0));
    let later = now + Duration::from_secs(10);
    let told = throttle.ask(later).unwrap_err();
    assert_eq!(told.class(), Class::RateLimited(Duration::from_secs(50)));
    assert_eq!(told.to_string(), refused(429, Some(60)).to_string(), "the same text as the service's");
    let nearly = now + Duration::from_secs(58);
    assert_eq!(throttle.ask(nearly).unwrap(), Duration::from_millis(2100));
    assert_eq!(throttle.ask(nearly).unwrap(), Duration::from_millis(2200));
    throttle.ended(None, nearly, wall(58));
    assert_eq!(throttle.ask(now + Duration::from_secs(61)).unwrap(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_left_alone_and_probed_ever_more_rarely() {
    let mut throttle = Throttle::new(S, 100);
    let mut now = Instant::now();
    for _ in 0..PATIENCE - 1 {
        throttle.ask(now).unwrap();
        assert_eq!(throttle.ended(Some(away()), now, wall(0)), Some(away()));
    }
    let opened = throttle.ended(Some(away()), now, wall(3)).unwrap();
    assert_eq!(opened.class(), Class::Transient, "as the last error");
    for pause in [1, 2, 4, 8, 16, 30, 30] {
        let early = throttle.ask(now + Duration::from_secs(pause) - Duration::from_millis(1)).unwrap_err();
        assert_eq!((early.class(), early.to_string()), (Class::Transient, opened.to_string()));
        now += Duration::from_secs(pause);
        throttle.ask(now).unwrap();
        throttle.ask(now).unwrap_err();
        assert_eq!(throttle.ended(Some(away()), now, wall(9)), Some(opened.clone()), "one text all the time");
    }
    assert_eq!(
        opened.to_string(),
        "network API cannot be reached at h:1 (Unreachable): refused (so it is since 2027-01-15T08:00:00Z; asked rarely until it answers)"
    );
    now += LONGEST_PAUSE;
    throttle.ask(now).unwrap();
    assert_eq!(throttle.ended(None, now, wall(99)), None);
    assert!((0..50).all(|_| throttle.ask(now).is_ok()));
}

#[tokio::test(start_paused = true)]
async fn what_was_on_its_way_when_the_pause_began_does_not_prolong_it() {
    let mut throttle = Throttle::new(S, 100);
    let now = Instant::now();
    (0..50).for_each(|_| drop(throttle.ask(now)));
    (0..50).for_each(|_| drop(throttle.ended(Some(away()), now, wall(0))));
    assert!(throttle.ask(now).is_err());
    assert!(throttle.ask(now + FIRST_PAUSE).is_ok());
    // The probe's pass was given up.
    assert!(throttle.ask(now + FIRST_PAUSE + PROBE / 2).is_err());
    assert!(throttle.ask(now + FIRST_PAUSE + PROBE).is_ok());
    // The next one is not sent at all.
    throttle.unused(now + FIRST_PAUSE + PROBE);
    assert!(throttle.ask(now + FIRST_PAUSE + PROBE).is_ok());
}

#[tokio::test(start_paused = true)]
async fn refusals_are_answers_and_an_unknown_outcome_stays_unknown() {
    let mut throttle = Throttle::new(S, 100);
    let now = Instant::now();
    for _ in 0..PATIENCE * 2 {
        throttle.ended(Some(refused(500, None)), now, wall(0));
        throttle.ended(Some(refused(409, None)), now, wall(0));
    }
    throttle.ask(now).unwrap();
    let told = (0..PATIENCE).map(|_| throttle.ended(Some(refused(500, None)), now, wall(0)).unwrap());
    assert!(told.last().is_some_and(|told| told.class() == Class::Unanswered), "it may have been done");
    assert_eq!(throttle.ask(now).unwrap_err().class(), Class::Transient, "nothing was sent");
}
