//! Misuse is a compile error that points at the attribute and says what is allowed; proper use
//! has no warnings.

/// The messages are pinned: `TRYBUILD=overwrite` writes them anew after a considered change.
#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/it/ui_pass/*.rs");
    cases.compile_fail("tests/it/ui/*.rs");
}
