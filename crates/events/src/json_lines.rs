//! The audit trail as lines of JSON.

use async_trait::async_trait;
use kwik_domain::{AuditSink, Entity, FieldSet, SinkError, access::AuditEntry, json};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// An [`AuditSink`] that writes each record as one line: a JSON object of its fields by name, as `GET /audit/`
/// shows them.
///
/// A file is opened for each record, for its owner alone if it is new: whoever rotates it moves it away. A record
/// is taken once it is on the disk. After a crash a record may be there twice; its `id` tells.
#[derive(Clone, Debug)]
pub struct JsonLines {
    name: &'static str,
    /// None is standard output.
    path: Option<PathBuf>,
    /// Lines are written one after the other.
    turn: Arc<Mutex<()>>,
}

impl JsonLines {
    /// To a file, at its end.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { name: "json_lines", path: Some(path.into()), turn: Arc::default() }
    }

    /// To standard output.
    pub fn stdout() -> Self {
        Self { name: "stdout", path: None, turn: Arc::default() }
    }

    /// The same under another name, for a second one: see [`AuditSink::name`].
    #[must_use]
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = &self.path else {
            let mut out = io::stdout().lock();
            out.write_all(line)?;
            return out.flush();
        };
        append(path, line)
    }
}

#[async_trait]
impl AuditSink for JsonLines {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn take(&self, entry: &AuditEntry) -> Result<(), SinkError> {
        let (sink, line) = (self.clone(), line(entry));
        let written = tokio::task::spawn_blocking(move || sink.write(&line)).await;
        let written = written.map_err(|error| SinkError(error.to_string()))?;
        written.map_err(|error| SinkError(format!("it cannot be written: {error}")))
    }
}

/// The record as one line, its end included.
fn line(entry: &AuditEntry) -> Vec<u8> {
    let mut line = Vec::with_capacity(512);
    json::write_entity(&mut line, AuditEntry::META, entry, FieldSet::ALL);
    // Within JSON a line can only end between values: in texts it is escaped.
    line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    line.push(b'\n');
    line
}

/// Adds a line at the end of a file, so that it lasts.
fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let is_new = file.metadata()?.len() == 0;
    let mut text = Vec::with_capacity(line.len() + 1);
    if !is_new && !ends_a_line(&mut file)? {
        // A line that was cut short, by a full disk or a crash, stays by itself.
        text.push(b'\n');
    }
    text.extend_from_slice(line);
    file.write_all(&text)?;
    file.sync_data()?;
    if is_new {
        sync_folder(path);
    }
    Ok(())
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// That there is such a file lasts, too, where folders can be synced.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_domain::ValueRef;

    fn entry(id: i64) -> AuditEntry {
        AuditEntry {
            id,
            at: chrono::DateTime::UNIX_EPOCH,
            entity: "orders".into(),
            entity_key: "17".into(),
            action: "update".into(),
            version: 2,
            user_id: Some(7),
            impersonator_id: None,
            tenant: None,
            via: "session:s".into(),
            request_id: "r\n1".into(),
            address: Some("::1".into()),
            before: Some("{\n\"note\": \"a\\nb\"}".into()),
            after: None,
        }
    }

    #[test]
    fn a_record_is_one_line_of_json() {
        let text = String::from_utf8(line(&entry(1))).unwrap();
        assert_eq!(text.matches('\n').count(), 1);
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["before"]["note"], "a\nb");
        assert_eq!((&object["id"], &object["request_id"]), (&1.into(), &"r\n1".into()));
        assert_eq!(object.as_object().unwrap().len(), AuditEntry::META.fields.len());
        assert_eq!(kwik_domain::Fields::get(&entry(1), 0), ValueRef::Int(1));
    }

    #[tokio::test]
    async fn lines_are_added_to_whatever_file_is_there() {
        let folder = std::env::temp_dir().join(format!("kwik-json-lines-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("audit.jsonl");
        let sink = JsonLines::file(&path);
        sink.take(&entry(1)).await.unwrap();
        sink.take(&entry(2)).await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
        // Rotated.
        std::fs::rename(&path, folder.join("audit.1")).unwrap();
        sink.take(&entry(3)).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), line(&entry(3)));
        // Cut short.
        std::fs::write(&path, b"{\"id\":").unwrap();
        sink.take(&entry(4)).await.unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("{\"id\":\n{\"id\":4,"));
        // Not there to be written to.
        std::fs::remove_dir_all(&folder).unwrap();
        let error = sink.take(&entry(5)).await.unwrap_err().to_string();
        assert!(error.starts_with("the audit record was not taken: it cannot be written"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let path = std::env::temp_dir().join(format!("kwik-json-lines-{}", uuid::Uuid::new_v4().simple()));
        JsonLines::file(&path).take(&entry(1)).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(path).unwrap();
    }
}
