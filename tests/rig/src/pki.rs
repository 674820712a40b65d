//! Certificates of the rig's Kubernetes: one authority, a year, renewed before it is over.

use crate::{
    clock,
    error::{Error, Result},
    files,
    paths::{BRIDGE, Paths},
};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use std::path::PathBuf;

const DAY: u64 = 86_400;
/// Renewed after 300 of 365 days.
const RENEW: u64 = 300 * DAY;
/// Counts up when a certificate is added or changed here.
const GENERATION: u64 = 1;

struct Leaf {
    file: &'static str,
    name: &'static str,
    group: Option<&'static str>,
    serves: bool,
}

const fn client(file: &'static str, name: &'static str, group: Option<&'static str>) -> Leaf {
    Leaf { file, name, group, serves: false }
}

const LEAVES: &[Leaf] = &[
    Leaf { file: "apiserver", name: "kube-apiserver", group: None, serves: true },
    client("admin", "admin", Some("system:masters")),
    client("kcm", "system:kube-controller-manager", None),
    client("sched", "system:kube-scheduler", None),
    client("kproxy", "system:kube-proxy", None),
    client("kubelet", "system:node:rig", Some("system:nodes")),
    client("apikubelet", "apikubelet", Some("system:masters")),
    client("coredns", "coredns", Some("system:masters")),
    client("front", "front-proxy", None),
];

/// Names and addresses of the API server: bridge, loopback (for the forwarder), the first service address.
const NAMES: &[&str] = &[
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
];
const ADDRESSES: &[&str] = &[BRIDGE, "127.0.0.1", "10.96.0.1"];

/// A certificate or key: `ca.crt`, `admin.key`.
pub fn file(paths: &Paths, name: &str) -> PathBuf {
    paths.state.join("pki").join(name)
}

/// Makes all keys and certificates unless they are there and young enough.
pub fn ensure(paths: &Paths) -> Result<()> {
    let stamp = file(paths, "made.json");
    let made: Option<(u64, u64)> = files::read_json(&stamp);
    if made.is_some_and(|(generation, at)| generation == GENERATION && at + RENEW > clock::now()) {
        return Ok(());
    }
    make(paths).map_err(|why| Error::Command {
        what: "making certificates".to_owned(),
        why: why.to_string(),
        log: None,
    })??;
    // Tokens of service accounts must stay valid over a renewal, so their key is made once.
    if !file(paths, "sa.key").exists() {
        make_service_account_key(paths).map_err(|why| Error::Command {
            what: "making a key".to_owned(),
            why: why.to_string(),
            log: None,
        })??;
    }
    files::write_json(&stamp, &(GENERATION, clock::now()))
}

fn make(paths: &Paths) -> Result<Result<()>, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = params("rig-ca", None)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages =
        vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    let authority = params.self_signed(&key)?;
    let mut written = write(paths, "ca", &authority.pem(), &key.serialize_pem());
    let issuer = Issuer::new(params, key);
    for leaf in LEAVES {
        let key = KeyPair::generate()?;
        let certificate = leaf_params(leaf)?.signed_by(&key, &issuer)?;
        written = written.and_then(|()| write(paths, leaf.file, &certificate.pem(), &key.serialize_pem()));
    }
    Ok(written)
}

fn make_service_account_key(paths: &Paths) -> Result<Result<()>, rcgen::Error> {
    let key = KeyPair::generate()?;
    let public = files::write(&file(paths, "sa.pub"), key.public_key_pem());
    Ok(public.and_then(|()| files::write(&file(paths, "sa.key"), key.serialize_pem())))
}

fn write(paths: &Paths, name: &str, certificate: &str, key: &str) -> Result<()> {
    files::write(&file(paths, &format!("{name}.crt")), certificate)?;
    files::write(&file(paths, &format!("{name}.key")), key)
}

fn params(name: &str, group: Option<&str>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(group) = group {
        params.distinguished_name.push(DnType::OrganizationName, group);
    }
    let today = clock::now() / DAY;
    // From yesterday on: midnight of today may lie ahead elsewhere.
    let (year, month, day) = clock::civil(today - 1);
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = clock::civil(today + 365);
    params.not_after = date_time_ymd(year, month, day);
    Ok(params)
}

fn leaf_params(leaf: &Leaf) -> Result<CertificateParams, rcgen::Error> {
    let mut params = params(leaf.name, leaf.group)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    if leaf.serves {
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let names = NAMES.iter().map(|name| (*name).try_into().map(SanType::DnsName));
        params.subject_alt_names = names.collect::<Result<_, _>>()?;
        let addresses = ADDRESSES.iter().filter_map(|address| address.parse().ok()).map(SanType::IpAddress);
        params.subject_alt_names.extend(addresses);
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_made_once() {
        let state = std::env::temp_dir().join(format!("rig-pki-{}", std::process::id()));
        files::remove(&state).unwrap();
        let paths = Paths {
            id: "t".to_owned(),
            checkout: PathBuf::new(),
            cache: PathBuf::new(),
            state: state.clone(),
        };
        ensure(&paths).unwrap();
        let first = files::read(&file(&paths, "admin.crt")).unwrap();
        assert!(first.starts_with("-----BEGIN CERTIFICATE"));
        assert!(files::read(&file(&paths, "sa.pub")).unwrap().starts_with("-----BEGIN PUBLIC KEY"));
        ensure(&paths).unwrap();
        assert_eq!(first, files::read(&file(&paths, "admin.crt")).unwrap());
        files::remove(&state).unwrap();
    }
}
