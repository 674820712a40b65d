//! How an image comes to its data.

use super::*;

#[test]
fn data_come_in_one_step_after_the_record_and_a_record_that_glance_forgot_makes_way() {
    let marked = json!(["[kupenstack:u:o]"]);
    let upload = "PUT /images/i/file application/octet-stream from https://h/disk.img";
    let import = r#"POST /images/i/import {"method":{"name":"web-download","uri":"https://h/disk.img"}}"#;
    let freeing = format!("{upload} or DELETE /images/i");
    for (method, status, tags, want) in [
        (json!({}), "queued", &marked, upload),
        (json!({"method": "upload"}), "queued", &json!([]), upload),
        (json!({"decompress": "gzip"}), "queued", &marked, format!("{upload} (gzip)").as_str()),
        (json!({"decompress": "bzip2"}), "queued", &marked, format!("{upload} (bzip2)").as_str()),
        (json!({"decompress": "xz"}), "queued", &marked, format!("{upload} (xz)").as_str()),
        (json!({"decompress": "zstd"}), "queued", &marked, format!("{upload} (zstd)").as_str()),
        (json!({}), "saving", &marked, freeing.as_str()),
        (json!({}), "saving", &json!([]), "Done"),
        (json!({}), "active", &marked, "Done"),
        (json!({"method": "webDownload"}), "queued", &marked, import),
        (json!({"method": "webDownload"}), "importing", &marked, "Done"),
        (json!({"method": "webDownload"}), "saving", &marked, "Done"),
    ] {
        let body = json!({"id": "i", "status": status, "tags": tags});
        assert_eq!(next(Goal::Exist, &source(method.clone()), body), want, "{method} {status} {tags}");
    }
    assert_eq!(next(Goal::Exist, &json!({}), json!({"id": "i", "status": "queued"})), "Done");
}

#[test]
fn a_source_that_wants_to_know_who_reads_it_is_told_once_the_secret_says_it() {
    let queued = || json!({"id": "i", "status": "queued", "tags": ["[kupenstack:u:o]"]});
    let with = |more: Value| {
        let mut params = source(more);
        params["sourceCredentials"] = json!("mirror");
        params
    };
    let secret = |text: Value| Secrets::from([("source_credentials".to_owned(), text.to_string().into())]);
    let both = secret(json!({"username": "u", "password": "p:w"}));
    let upload = "PUT /images/i/file application/octet-stream from https://h/disk.img as u:p:w";
    assert_eq!(next_with(Goal::Exist, &with(json!({})), &both, queued()), upload);
    let none = next(Goal::Exist, &with(json!({})), queued());
    assert!(none.contains(r#"Wait("Secret \"mirror\" of"#), "{none}");
    for half in [json!({"username": "u"}), json!({"password": "p"}), json!({"username": "u", "password": ""})]
    {
        let why = next_with(Goal::Exist, &with(json!({})), &secret(half), queued());
        assert!(why.contains("lacks username or password"), "{why}");
    }
    let import = next_with(Goal::Exist, &with(json!({"method": "webDownload"})), &both, queued());
    assert!(import.contains("need the method upload"), "{import}");
    let active = json!({"id": "i", "status": "active", "tags": ["[kupenstack:u:o]"]});
    assert_eq!(next(Goal::Exist, &with(json!({})), active), "Done", "whether the Secret is there or not");
}
