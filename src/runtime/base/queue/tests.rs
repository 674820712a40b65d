use super::*;
use crate::runtime::base::clock::Fixed;
use tokio::time::{advance, timeout};

const S: Duration = Duration::from_secs(1);

fn queue() -> Queue<&'static str> {
    Queue::new(Arc::new(Fixed::default()))
}

/// The next key, if one is due within no time.
async fn due(queue: &Queue<&'static str>) -> Option<&'static str> {
    timeout(Duration::ZERO, queue.next()).await.ok().flatten()
}

#[tokio::test(start_paused = true)]
async fn due_keys_come_in_the_order_in_which_they_fell_due_each_once() {
    let queue = queue();
    queue.add_after("late", 2 * S);
    queue.add("a");
    queue.add("b");
    queue.add("a");
    assert_eq!((queue.len(), queue.due()), (3, 2));
    assert_eq!(due(&queue).await, Some("a"));
    assert_eq!(due(&queue).await, Some("b"));
    assert_eq!(due(&queue).await, None);
    advance(3 * S).await;
    queue.add("c");
    assert_eq!(due(&queue).await, Some("c"), "it changed");
    assert_eq!(due(&queue).await, Some("late"));
}

#[tokio::test(start_paused = true)]
async fn the_earlier_due_time_wins() {
    let queue = queue();
    queue.add_after("a", 60 * S);
    queue.add_after("a", S);
    queue.add_after("a", 30 * S);
    let start = Instant::now();
    assert_eq!(queue.next().await, Some("a"));
    assert_eq!(start.elapsed().as_secs(), 1);
    assert!(queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_runs_is_never_handed_out_and_runs_again_right_after_if_added_meanwhile() {
    let queue = queue();
    queue.add("a");
    assert_eq!(queue.next().await, Some("a"));
    queue.add("a");
    queue.add_after("a", 60 * S);
    assert_eq!(due(&queue).await, None);
    queue.done(&"a");
    assert_eq!(due(&queue).await, Some("a"));
    queue.done(&"a");
    assert_eq!(due(&queue).await, None);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_late_key_is_woken_by_an_earlier_one() {
    let queue = Arc::new(queue());
    queue.add_after("late", 60 * S);
    let waiter = tokio::spawn({
        let queue = queue.clone();
        async move { queue.next().await }
    });
    tokio::task::yield_now().await;
    queue.add_after("early", S);
    assert_eq!(waiter.await.unwrap(), Some("early"));
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_key_does_not_come_and_a_closed_queue_ends_every_wait() {
    let queue = Arc::new(queue());
    queue.add("a");
    queue.forget(&"a");
    assert_eq!(due(&queue).await, None);
    let waiter = tokio::spawn({
        let queue = queue.clone();
        async move { queue.next().await }
    });
    tokio::task::yield_now().await;
    queue.close();
    assert_eq!(waiter.await.unwrap(), None);
    queue.add("b");
    assert_eq!(queue.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn rt_3_a_burst_of_ten_times_the_rate_passes_at_once_the_rest_at_the_rate() {
    let rate = Rate::new(Arc::new(Fixed::default()), 2);
    let start = Instant::now();
    for _ in 0..20 {
        rate.turn().await;
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..4 {
        rate.turn().await;
    }
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn changes_come_before_polls_that_have_been_due_for_longer() {
    let queue = queue();
    queue.put("poll", Lane::Poll, Duration::ZERO);
    advance(S).await;
    queue.add("change");
    let taken = [queue.take().await.unwrap(), queue.take().await.unwrap()];
    let change = Due { key: "change", lane: Lane::Change, waited: Duration::ZERO };
    assert_eq!(taken, [change, Due { key: "poll", lane: Lane::Poll, waited: S }]);
}

#[tokio::test(start_paused = true)]
async fn changes_without_end_do_not_starve_a_poll() {
    let queue = Queue::new(Arc::new(Fixed::default()));
    queue.put(1000, Lane::Poll, Duration::ZERO);
    for change in 0..100 {
        queue.add(change);
    }
    for before in 0..CHANGES_FIRST {
        assert_eq!(queue.next().await, Some(before));
    }
    assert_eq!(queue.next().await, Some(1000));
    assert_eq!(queue.next().await, Some(CHANGES_FIRST));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_something_happened_to_is_no_poll_whenever_it_is_due() {
    let queue = queue();
    queue.put("a", Lane::Poll, S);
    queue.add_after("a", 60 * S);
    queue.add_after("b", S);
    queue.put("b", Lane::Poll, Duration::ZERO);
    assert_eq!(queue.len(), 2, "each is in it once");
    let first = queue.take().await.unwrap();
    assert_eq!((first.key, first.lane), ("b", Lane::Later));
    queue.put("b", Lane::Poll, S);
    queue.add("b");
    queue.done(&"b");
    assert_eq!(queue.take().await.unwrap().lane, Lane::Change, "nor is one that ran meanwhile");
    assert_eq!(queue.take().await.map(|due| (due.key, due.lane)), Some(("a", Lane::Later)));
    assert!(queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_waker_adds_its_key() {
    let queue = Arc::new(queue());
    queue.put("a", Lane::Poll, 60 * S);
    queue.waker(&"a").wake();
    assert_eq!(queue.take().await.unwrap().lane, Lane::Change);
}
