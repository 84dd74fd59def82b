//! The program: see the library's first page.

fn main() -> kwik::Result<()> {
    backoffice::app().migrations(kwik::migrations!()).main()
}
