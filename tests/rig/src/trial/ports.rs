//! Free ports of the loopback.

use crate::{
    error::{Error, Result},
    files::io,
};
use std::{net::TcpListener, path::Path};

/// How often others may be quicker.
const ATTEMPTS: usize = 5;

/// Ports that nobody listens on just now.
fn free(count: usize) -> Result<Vec<u16>> {
    let bind = |_| TcpListener::bind(("127.0.0.1", 0));
    // All at once: the kernel gives a port that was let go to the next who asks.
    let all: Vec<_> = (0..count).map(bind).collect::<Result<_, _>>().map_err(io(Path::new("127.0.0.1")))?;
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
    all.iter().map(port).collect::<Result<_, _>>().map_err(io(Path::new("127.0.0.1")))
}

/// Starts something at free ports. `None` means that somebody took one of them first: then at others.
///
/// # Errors
/// It does not start, or somebody is quicker again and again.
pub(super) async fn at_free_ports<T>(
    count: usize,
    mut start: impl AsyncFnMut(&[u16]) -> Result<Option<T>>,
) -> Result<T> {
    for _ in 0..ATTEMPTS {
        if let Some(started) = start(&free(count)?).await? {
            return Ok(started);
        }
    }
    Err(Error::Machine {
        what: "whenever a free port of 127.0.0.1 is found, something else takes it".to_owned(),
        help: "see with `ss -tlnp` what it is".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[tokio::test]
    async fn whoever_is_quicker_at_a_port_only_makes_it_another_one() {
        let mut seen = BTreeSet::new();
        let started = at_free_ports(2, async |ports| {
            seen.extend(ports.to_vec());
            Ok((seen.len() > 2).then_some(ports.len()))
        });
        assert_eq!(started.await.unwrap(), 2);
        assert!(seen.len() > 2);
        let mut attempts = 0;
        let never = at_free_ports::<()>(1, async |_| {
            attempts += 1;
            Ok(None)
        });
        let why = never.await.unwrap_err().to_string();
        assert_eq!((attempts, why.lines().count()), (ATTEMPTS, 1));
    }
}
