//! Every way of writing an entry, and every way of getting it wrong.

mod entry;
mod login;

use super::*;
use crate::kind::request::service::{IDENTITY, NETWORK};

const USER: &str = "auth_url: http://k:5000, username: u, password: 0123, user_domain_name: Default, project_name: p, project_domain_id: d";

fn read(yaml: &str) -> Result<CloudSettings, Error> {
    CloudSettings::read(&credentials(yaml))
}

fn credentials(yaml: &str) -> Credentials {
    Credentials { given: Given::Document(yaml.into()), ..Credentials::default() }
}

fn fields(all: &[(&str, &str)]) -> Result<CloudSettings, Error> {
    let all = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    CloudSettings::read(&Credentials { given: Given::Fields(all), ..Credentials::default() })
}

/// The only method of a login.
fn proof(settings: &CloudSettings) -> &Proof {
    let Login::Methods(proofs) = &settings.login else { panic!("{:?}", settings.login) };
    assert_eq!(proofs.len(), 1);
    &proofs[0]
}

fn entry(auth: &str, rest: &str) -> Result<CloudSettings, Error> {
    read(&format!("clouds: {{x: {{auth: {{{auth}}}, {rest}}}}}"))
}

fn complaint(result: Result<CloudSettings, Error>) -> String {
    let text = result.unwrap_err().to_string();
    text.strip_prefix("the credentials cannot be used (InvalidCredentials): ").unwrap().to_owned()
}
