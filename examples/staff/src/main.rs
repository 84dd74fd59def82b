//! The program: see the library's first page.

fn main() -> kwik::Result<()> {
    staff::app().migrations(kwik::migrations!()).main()
}
