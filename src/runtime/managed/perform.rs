//! Which effect does what the plan asks for.

use super::{
    effects::{
        Announcer, Assessor, Connector, Observer, Publisher, ReferenceResolver, Releaser, SecretDigests,
        SecretInputs, SecretUsers, Stepper, Writer,
    },
    pass::Pass,
};
use crate::{
    api::meta,
    runtime::plan::{effect::Effect, outcome::Outcome},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything that a pass can do, each with just what it needs.
pub(crate) struct Effects {
    pub(crate) writer: Arc<Writer>,
    pub(crate) announcer: Arc<Announcer>,
    pub(crate) references: ReferenceResolver,
    pub(crate) connector: Connector,
    pub(crate) secret_inputs: SecretInputs,
    pub(crate) digests: Arc<SecretDigests>,
    pub(crate) publisher: Publisher,
    pub(crate) users: SecretUsers,
    pub(crate) assessor: Arc<Assessor>,
    pub(crate) observer: Observer,
    pub(crate) stepper: Stepper,
    pub(crate) releaser: Releaser,
}

impl Effects {
    /// Does one, and returns what came of it.
    pub(crate) async fn perform(&self, pass: &Pass<'_>, effect: &Effect) -> Outcome {
        match effect {
            Effect::Acknowledge(token) => self.announcer.acknowledge(pass, token).await,
            Effect::Resolve => self.references.resolve(pass).await,
            Effect::PersistReferences(spec) => self.writer.references(pass, spec.clone()).await,
            Effect::Connect => self.connector.connect(pass).await,
            Effect::ReadForLook => self.secret_inputs.read_for_look(pass).await,
            Effect::ReadSecrets => self.secret_inputs.read(pass).await,
            Effect::Observe => self.observer.observe(pass, &self.assessor).await,
            Effect::PrepareSecrets => self.secret_inputs.prepare(pass).await,
            Effect::Publish => self.publisher.publish(pass).await,
            Effect::TakePlace => self.stepper.place(pass).await,
            Effect::FindTwins => self.observer.twins(pass, &self.assessor).await,
            Effect::FindUsers => self.users.find(pass).await,
            Effect::Finalize => self.writer.mark(pass, json!({})).await,
            Effect::BeginCreate => {
                let pending = self.writer.after_marks(pass.object());
                self.writer.mark(pass, json!({(meta::CREATE_PENDING): pending})).await
            }
            Effect::Pursue(goal) => self.stepper.pursue(pass, *goal, &self.assessor).await,
            Effect::RecordName(name) => {
                let written = self.writer.annotate(pass, json!({(meta::EXTERNAL_NAME): name})).await;
                self.claimed(pass, name, written)
            }
            Effect::RecordCreated(name) => self.record_created(pass, name).await,
            Effect::RecordSecrets => {
                let digests = self.digests.annotation(pass);
                self.writer.annotate(pass, json!({(meta::SECRET_DIGESTS): digests})).await
            }
            Effect::RecordFound(name) => {
                let named = json!({(meta::EXTERNAL_NAME): name});
                let written = self.writer.annotate_unchanged(pass, named).await;
                self.claimed(pass, name, written)
            }
            Effect::RecordFailed => {
                let failed = self.writer.after_marks(pass.object());
                self.writer.annotate(pass, json!({(meta::CREATE_FAILED): failed})).await
            }
            Effect::Release => self.releaser.release(pass, &self.writer).await,
        }
    }

    /// The name, that the create succeeded, and what was sent with it: one write.
    async fn record_created(&self, pass: &Pass<'_>, name: &str) -> Outcome {
        let succeeded = self.writer.after_marks(pass.object());
        let mut annotations = json!({(meta::EXTERNAL_NAME): name, (meta::CREATE_SUCCEEDED): succeeded});
        if let (Some(digests), Value::Object(annotations)) = (self.digests.annotation(pass), &mut annotations)
        {
            annotations.insert(meta::SECRET_DIGESTS.to_owned(), Value::String(digests));
        }
        let written = self.writer.annotate(pass, annotations).await;
        self.claimed(pass, name, written)
    }

    /// What this pass made or found is its own from now on, not from the next look on: whoever is older and names it now comes behind.
    fn claimed(&self, pass: &Pass<'_>, name: &str, written: Outcome) -> Outcome {
        if matches!(written, Outcome::Written(_)) {
            self.assessor.index.lock().ownership.saw(pass.key, name);
        }
        written
    }
}
