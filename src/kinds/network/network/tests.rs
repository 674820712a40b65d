use super::*;

fn ready(wanted: Option<bool>, status: &str) -> Ready {
    let params = NetworkParameters { admin_state_up: wanted, ..Default::default() };
    let state = NetworkObservation { status: status.to_owned(), ..Default::default() };
    Network::ready(&params, &Seen { params: params.clone(), state })
}

#[test]
fn a_network_that_is_meant_to_be_down_is_ready_when_down() {
    assert_eq!(ready(Some(false), "DOWN"), Ready::Yes);
    assert_eq!(ready(None, "DOWN"), Ready::Not("network status is DOWN".to_owned()));
    assert_eq!(ready(None, "ACTIVE"), Ready::Yes);
    assert_eq!(ready(None, "ERROR"), Ready::Failed("network status is ERROR".to_owned()));
}
