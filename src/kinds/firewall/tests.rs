use crate::kinds::tests::references;

#[test]
fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
    references::check(&super::kinds(), &[], &[]);
}
