//! A library: authors, books with their chapters, topics.

use kwik::{
    domain::{FieldSet, Value},
    prelude::*,
};
use kwik_testkit::{Client, TestApp};
use serde_json::{Value as Json, json};

#[derive(Clone, Debug, Entity)]
pub struct Author {
    #[entity(key)]
    pub id: i64,
    pub name: String,
    pub region: String,
    #[entity(guard = "money", default = "0")]
    pub debts: i64,
}

#[derive(Clone, Debug, Entity)]
#[entity(children(chapters = Chapter::BOOK_ID))]
pub struct Book {
    #[entity(key)]
    pub id: i64,
    pub title: String,
    #[entity(references = Author)]
    pub author_id: i64,
    #[entity(references = Author, relation = "editor", on_delete = "set_null")]
    pub edited_by: Option<i64>,
    #[entity(read_only, default = "0")]
    pub pages: i64,
}

#[derive(Clone, Debug, Entity)]
#[entity(permissions = "books", unique(book_id, number))]
pub struct Chapter {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Book, on_delete = "cascade", create_only)]
    pub book_id: i64,
    #[entity(create_only)]
    pub number: i64,
    #[entity(range(1..))]
    pub pages: i64,
    #[entity(length(1..=20))]
    pub title: Option<String>,
    /// How many were sold: the program counts.
    #[entity(read_only, default = "0")]
    pub sold: i64,
    #[entity(guard = "money")]
    pub fee: Option<i64>,
}

#[derive(Clone, Debug, Entity)]
pub struct Topic {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub name: String,
}

#[derive(Clone, Debug, Entity)]
#[entity(collection = "book_topics")]
pub struct BookTopic {
    #[entity(key, references = Book, on_delete = "cascade")]
    pub book_id: i64,
    #[entity(key, references = Topic)]
    pub topic_id: i64,
    #[entity(default = "1", range(1..=9))]
    pub weight: i64,
}

/// All but administrators see authors of the north alone, and no edited books' editors of elsewhere.
struct North;

impl PermissionPolicy for North {
    fn decide(&self, actor: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
        let everything = actor.grants.roles.iter().any(|role| role == "admin");
        if everything || entity.name != Author::META.name {
            return Decision::Allow(Scope::all());
        }
        let rows = Filter::Compare(Author::REGION.index(), kwik::domain::Comparison::Eq, Value::Text("north".into()));
        Decision::Allow(Scope { rows, read: FieldSet::ALL, write: FieldSet::ALL })
    }
}

/// A book has as many pages as its chapters, and no more than 100.
struct Pages;

#[async_trait]
impl Rule<Book> for Pages {
    async fn before_create(&self, _: &Ctx, _: &mut Work, book: &mut BookCreate) -> Result<()> {
        book.pages = book.chapters.iter().map(|chapter| chapter.pages).sum();
        Ok(())
    }

    async fn after_update(&self, ctx: &Ctx, work: &mut Work, _: &Stored<Book>, new: &Stored<Book>) -> Result<()> {
        let of_book = Chapter::BOOK_ID.eq(new.id);
        let chapters = work.repository::<Chapter>().list(ctx, &of_book, &[], Page { skip: 0, limit: 1000 }).await?;
        let pages: i64 = chapters.iter().map(|chapter| chapter.pages).sum();
        if pages > 100 {
            return Err(RuleViolation::new("too_long", "a book has at most 100 pages").into());
        }
        Ok(())
    }
}

pub fn app() -> App {
    App::new()
        .resource::<Author>()
        .resource::<Book>()
        .entity::<Chapter>()
        .resource::<Topic>()
        .entity::<BookTopic>()
        .linked(BookTopic::BOOK_ID, BookTopic::TOPIC_ID)
        .linked(BookTopic::TOPIC_ID, BookTopic::BOOK_ID)
        .rule::<Book>(Pages)
        .policy(North)
}

/// Two authors, of the north and of the south; a book by each, edited by the other; topics.
pub async fn stocked(app: &TestApp) -> Client {
    let admin = app.admin().await;
    for (name, region) in [("Ann", "north"), ("Sue", "south")] {
        admin.post("/authors/", &json!({ "name": name, "region": region, "debts": 7 })).await.ok();
    }
    let chapters = |sizes: &[i64]| -> Json {
        sizes.iter().zip(1..).map(|(pages, number)| json!({ "number": number, "pages": pages })).collect()
    };
    for (title, author, editor, sizes) in [("One", 1, 2, &[10, 20][..]), ("Two", 2, 1, &[5][..]), ("Three", 1, 2, &[])]
    {
        let book = json!({ "title": title, "author_id": author, "edited_by": editor, "chapters": chapters(sizes) });
        admin.post("/books/", &book).await.ok();
    }
    for name in ["Rust", "Cooking", "Law"] {
        admin.post("/topics/", &json!({ "name": name })).await.ok();
    }
    admin
}

/// The members of objects that a test looks at.
pub fn pick(list: &Json, names: &[&str]) -> Json {
    let objects = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    objects.iter().map(|object| names.iter().map(|name| object[*name].clone()).collect::<Json>()).collect()
}
