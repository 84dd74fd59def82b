//! A JSON object as pairs of name and raw text, read by metadata.

use super::{
    Child, Entity, EntityMeta, FieldError, FieldMeta, FieldSet, FieldType, Input, Issue, KeyType, Kind, Validation,
    text, validate::normalize,
};
use crate::{Malformed, Result};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A JSON object whose fields are taken out one by one. It collects every error rather than
/// stopping at the first, and never builds a tree: values stay text until their type reads them,
/// so that a decimal is never a float.
pub struct ObjectReader<'b> {
    meta: &'static EntityMeta,
    update: bool,
    /// The field that the parent gives, of an object that stands in its parent's, and its value's text.
    parent: Option<(usize, Cow<'b, str>)>,
    /// The fields that were sent.
    taken: FieldSet,
    pairs: Vec<Pair<'b>>,
    errors: Vec<FieldError>,
    took_any: bool,
}

/// How many unknown names are told. A body may hold very many, and the answer shall not.
const MAX_UNKNOWN: usize = 20;

/// How many errors are looked for in parts.
const MAX_ERRORS: usize = 100;

/// Something was wrong, and stands among the errors.
struct Noted;

struct Pair<'b> {
    name: Cow<'b, str>,
    raw: &'b RawValue,
    seen: bool,
}

impl<'b> ObjectReader<'b> {
    /// Splits `body` into its pairs.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Malformed`] when it is not one JSON object.
    pub fn new(meta: &'static EntityMeta, body: &'b [u8], update: bool) -> Result<Self> {
        let mut de = serde_json::Deserializer::from_slice(body);
        let pairs = de
            .deserialize_map(Pairs)
            .and_then(|pairs| de.end().map(|()| pairs))
            .map_err(|e| Malformed::Json { line: e.line(), column: e.column(), object: e.is_data() })?;
        Ok(Self { meta, update, parent: None, taken: FieldSet::NONE, pairs, errors: Vec::new(), took_any: false })
    }

    /// The same of an object whose path gives one of its fields, in its plain text form: what was sent of it
    /// is of no account.
    #[must_use]
    pub fn below(self, field: usize, value: String) -> Self {
        Self { parent: Some((field, value.into())), ..self }
    }

    /// Takes a field that a create gives: the value sent, else its default, else null.
    /// `None` when it is missing or wrong.
    pub fn take<T: FieldType>(&mut self, index: usize) -> Option<T> {
        self.take_with(index, |_| Ok(()))
    }

    /// [`ObjectReader::take`] with a validation function of the field's own.
    pub fn take_with<T: FieldType>(
        &mut self,
        index: usize,
        validate: impl FnOnce(&T) -> std::result::Result<(), Issue>,
    ) -> Option<T> {
        let field = &self.meta.fields[index];
        let raw = self.raw(field);
        if let Some((_, text)) = self.parent.as_ref().filter(|(parent, _)| *parent == index) {
            let value = T::from_text(text);
            return self.keep(field, value);
        }
        self.taken = if raw.is_some() { self.taken.with(index) } else { self.taken };
        match (raw, field.default) {
            (Some(raw), _) => self.value(field, raw, validate),
            (None, Some(default)) => self.keep(field, T::from_text(default)),
            (None, None) if field.nullable => T::null(),
            (None, None) => {
                // A field that a client cannot give and that has no default is set by a rule.
                let issue = Issue::new("required", "is required");
                self.errors.push(FieldError::new(field.name, issue));
                None
            }
        }
    }

    /// Takes a field that an update may give. The outer `None`: it was wrong; the inner: it was
    /// not sent. With a nullable field that makes three states.
    pub fn patch<T: FieldType>(&mut self, index: usize) -> Option<Option<T>> {
        self.patch_with(index, |_| Ok(()))
    }

    /// [`ObjectReader::patch`] with a validation function of the field's own.
    pub fn patch_with<T: FieldType>(
        &mut self,
        index: usize,
        validate: impl FnOnce(&T) -> std::result::Result<(), Issue>,
    ) -> Option<Option<T>> {
        let field = &self.meta.fields[index];
        match self.raw(field) {
            None => Some(None),
            Some(raw) => self.value(field, raw, validate).map(Some),
        }
    }

    /// Whether a field was given that this input may set.
    pub fn took_any(&self) -> bool {
        self.took_any
    }

    /// Every error, those of names that nobody asked for included; of these no more than anybody
    /// would read.
    pub fn finish(mut self) -> Vec<FieldError> {
        let known = self.errors.len();
        for pair in self.pairs.iter().filter(|pair| !pair.seen) {
            // Sent back as it was read, with what was asked to stand in it.
            if self.meta.references().any(|(_, reference)| reference.name == pair.name) {
                continue;
            }
            if self.meta.index_of(&pair.name).is_some_and(|index| !self.meta.fields[index].hidden) {
                continue;
            }
            let name = shortened(&pair.name);
            if self.errors[known..].iter().any(|error| error.field == name) {
                continue;
            }
            if self.errors.len() - known == MAX_UNKNOWN {
                break;
            }
            self.errors.push(FieldError::new(name, Issue::new("unknown", "is not a field of this entity")));
        }
        self.errors
    }

    /// Takes the rows that are parts of a new row; there are none if none were given. `None` when one was wrong.
    pub fn children<C: Entity>(&mut self, index: usize) -> Option<Vec<C::Create>> {
        let objects = self.objects(index).ok()?;
        self.each::<C, _>(index, &objects.unwrap_or_default(), |part| part.values)
    }

    /// Takes the rows that are to be the parts of a row. The outer `None`: one was wrong; the inner: they were
    /// not sent.
    pub fn child_changes<C: Entity>(&mut self, index: usize) -> Option<Option<Vec<Child<C>>>> {
        let Some(objects) = self.objects(index).ok()? else { return Some(None) };
        self.each::<C, _>(index, &objects, |part| part).map(Some)
    }

    /// The objects of a list of parts, if it was sent.
    fn objects(&mut self, index: usize) -> std::result::Result<Option<Vec<&'b RawValue>>, Noted> {
        let children = &self.meta.children[index];
        let mut sent = self.pairs.iter_mut().filter(|pair| pair.name == children.name);
        let Some(pair) = sent.next() else { return Ok(None) };
        pair.seen = true;
        let raw = pair.raw;
        let is_repeated = sent.fold(false, |_, pair| {
            pair.seen = true;
            true
        });
        self.took_any = true;
        let most = children.target().max_limit;
        let issue = match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            _ if is_repeated => Issue::new("duplicate", "must be given only once"),
            Ok(objects) if objects.len() as u64 <= most => return Ok(Some(objects)),
            Ok(_) => Issue::new("length", format!("must have at most {most} items")),
            Err(_) => Issue::new("type", "must be a list of objects"),
        };
        self.errors.push(FieldError::new(children.name, issue));
        Err(Noted)
    }

    /// Reads each object, so that all errors are known, as far as anybody would read them.
    fn each<C: Entity, R>(
        &mut self,
        index: usize,
        objects: &[&'b RawValue],
        make: impl Fn(Child<C>) -> R,
    ) -> Option<Vec<R>> {
        let children = &self.meta.children[index];
        let mut rows = Vec::with_capacity(objects.len());
        for (item, object) in objects.iter().enumerate() {
            if self.errors.len() >= MAX_ERRORS {
                break;
            }
            let Ok(mut reader) = ObjectReader::new(C::META, object.get().as_bytes(), false) else {
                let issue = Issue::new("type", "must be an object");
                self.errors.push(FieldError::new(children.name, issue).at(item));
                continue;
            };
            reader.parent = Some((children.field, placeholder(C::META.fields[children.field].kind).into()));
            let key = reader.key::<C>();
            let values = <C::Create as Input>::read(&mut reader);
            let given = reader.taken;
            rows.extend(key.ok().zip(values).map(|(key, values)| make(Child { key, values, given })));
            self.errors.extend(reader.finish().into_iter().map(|error| error.within(children.name, item)));
        }
        (rows.len() == objects.len()).then_some(rows)
    }

    /// The key of a row that may be there already, if it was sent.
    fn key<C: Entity>(&mut self) -> std::result::Result<Option<C::Key>, Noted> {
        // A key that is given is one of the values.
        let raw = if C::META.given_key { None } else { self.raw(C::META.key()) };
        let Some(raw) = raw.filter(|raw| *raw != "null") else { return Ok(None) };
        let key = text::scalar(C::META.key().kind, raw).and_then(|text| C::Key::parse_key(&text));
        self.keep(C::META.key(), key).map(Some).ok_or(Noted)
    }

    /// Notes what is wrong with a field that was read by [`ObjectReader::raw`].
    pub fn wrong(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// The raw text of a field, if it was sent and this input may set it.
    pub fn raw(&mut self, field: &'static FieldMeta) -> Option<&'b str> {
        let allowed = if self.update { field.on_update() } else { field.on_create() };
        if !allowed {
            return None;
        }
        let (mut found, mut times) = (None, 0);
        for pair in self.pairs.iter_mut().filter(|pair| pair.name == field.name) {
            pair.seen = true;
            times += 1;
            found = Some(pair.raw.get());
        }
        if times > 1 {
            self.errors.push(FieldError::new(field.name, Issue::new("duplicate", "must be given only once")));
        }
        self.took_any |= found.is_some();
        found
    }

    fn value<T: FieldType>(
        &mut self,
        field: &'static FieldMeta,
        raw: &str,
        validate: impl FnOnce(&T) -> std::result::Result<(), Issue>,
    ) -> Option<T> {
        // Null is a value of any JSON; where there may be none, it is none.
        let is_any = field.kind == Kind::Json && field.item.is_none() && !field.nullable;
        let value = if raw == "null" && !is_any {
            T::null().ok_or_else(|| Issue::new("null", "must not be null"))
        } else {
            text::scalar(field.kind, raw).and_then(|text| T::from_text(&normalize(field, text)))
        };
        let value = value.and_then(|v| Validation::of(field, v.value()).map(|()| v));
        self.keep(field, value.and_then(|v| validate(&v).map(|()| v)))
    }

    fn keep<T>(&mut self, field: &'static FieldMeta, value: std::result::Result<T, Issue>) -> Option<T> {
        value.map_err(|issue| self.errors.push(FieldError::new(field.name, issue))).ok()
    }
}

/// What stands for a key that is not known yet.
fn placeholder(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "00000000-0000-0000-0000-000000000000",
        Kind::Date => "1970-01-01",
        _ => "0",
    }
}

/// Names come from the client: they are shown, but not at any length.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<Pair<'de>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut pairs = Vec::with_capacity(8);
        while let Some(Name(name)) = map.next_key()? {
            pairs.push(Pair { name, raw: map.next_value()?, seen: false });
        }
        Ok(pairs)
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
