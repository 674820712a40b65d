//! Which addresses may be connected to. The check is made where a connection is made: literal addresses are judged before,
//! and names by the resolver that the client uses, since a name may resolve differently a moment later. Where a proxy is in
//! use, names are the proxy's business; those of sources are judged before by what they resolve to here.

use super::address::{AllowedNetwork, Special};
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use std::{net::IpAddr, str::FromStr, sync::Arc};

/// Where clouds may be: each includes those before it. Addresses of the link and of metadata services never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloudAddresses {
    /// Public addresses only.
    Public,
    /// Private networks too.
    #[default]
    Private,
    /// This machine too.
    Loopback,
}

impl FromStr for CloudAddresses {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            "loopback" => Ok(Self::Loopback),
            _ => Err(format!("{text:?} is none of public, private and loopback")),
        }
    }
}

/// Decides about addresses.
#[derive(Clone, Debug)]
pub enum Guard {
    /// For files from the web: nothing local but these networks.
    Sources(Arc<[AllowedNetwork]>),
    /// For clouds.
    Clouds(CloudAddresses),
}

/// Why an address is not connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {why}")]
pub struct Refusal {
    /// The address.
    pub address: IpAddr,
    /// What is special about it.
    pub why: &'static str,
    /// Could an administrator allow it?
    pub negotiable: bool,
}

impl Guard {
    /// May this address be connected to?
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, address: IpAddr) -> Result<(), Refusal> {
        let Some(special) = Special::of(address) else { return Ok(()) };
        let (allowed, negotiable) = match self {
            Self::Sources(networks) => {
                let named = networks.iter().any(|network| network.contains(address));
                (special == Special::Private || named, true)
            }
            Self::Clouds(most) => match special {
                Special::Private => (*most >= CloudAddresses::Private, true),
                Special::Loopback => (*most >= CloudAddresses::Loopback, true),
                Special::Machine | Special::Link | Special::Metadata | Special::Reserved => (false, false),
            },
        };
        if allowed { Ok(()) } else { Err(Refusal { address, why: special.words(), negotiable }) }
    }

    /// The same for the host of a URL, if it is a literal address.
    ///
    /// # Errors
    /// Why not.
    pub fn judge_literal(&self, url: &Url) -> Result<(), Refusal> {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host.parse().map_or(Ok(()), |address| self.judge(address))
    }
}

impl Guard {
    /// The same for whatever a name resolves to here: whoever else resolves it may take any of them. Where it resolves to
    /// nothing, nothing can be said.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn judge_name(&self, host: &str) -> Result<(), Refusal> {
        let Ok(mut found) = tokio::net::lookup_host((host, 0)).await else { return Ok(()) };
        found.try_for_each(|address| self.judge(address.ip()))
    }
}

impl Resolve for Guard {
    /// Returns only addresses that may be connected to; the first refusal, if there is none.
    fn resolve(&self, asked: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let (mut good, mut refused) = (vec![], None);
            for found in tokio::net::lookup_host((asked.as_str(), 0)).await? {
                match guard.judge(found.ip()) {
                    Ok(()) => good.push(found),
                    Err(refusal) => refused = refused.or(Some(refusal)),
                }
            }
            match refused {
                Some(refusal) if good.is_empty() => Err(refusal.into()),
                Some(_) | None => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_are_where_the_administrator_says_and_never_on_the_link() {
        for (address, least) in [
            ("1.1.1.1", Some(CloudAddresses::Public)),
            ("2001:db8::1", Some(CloudAddresses::Public)),
            ("10.0.0.1", Some(CloudAddresses::Private)),
            ("100.64.0.1", Some(CloudAddresses::Private)),
            ("::ffff:192.168.1.1", Some(CloudAddresses::Private)),
            ("fd00::1", Some(CloudAddresses::Private)),
            ("127.0.0.1", Some(CloudAddresses::Loopback)),
            ("::1", Some(CloudAddresses::Loopback)),
            ("0.0.0.0", None),
            ("169.254.169.254", None),
            ("::ffff:169.254.169.254", None),
            ("fd00:ec2::254", None),
            ("fe80::1", None),
            ("224.0.0.1", None),
        ] {
            for most in [CloudAddresses::Public, CloudAddresses::Private, CloudAddresses::Loopback] {
                let allowed = Guard::Clouds(most).judge(address.parse().unwrap()).is_ok();
                assert_eq!(allowed, least.is_some_and(|least| least <= most), "{address} {most:?}");
            }
        }
        assert_eq!("loopback".parse(), Ok(CloudAddresses::Loopback));
        assert!("everything".parse::<CloudAddresses>().is_err());
    }
}
