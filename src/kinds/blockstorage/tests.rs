use crate::kinds::tests::references;

/// Fields that hold ids of what is no kind yet: the kind.
const KIND_TO_COME: &[(&str, &str)] = &[];

/// Fields whose ids are nobody's external-name: why.
const NO_REFERENCE: &[(&str, &str)] = &[];

#[test]
fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
    references::check(&super::kinds(), KIND_TO_COME, NO_REFERENCE);
}
