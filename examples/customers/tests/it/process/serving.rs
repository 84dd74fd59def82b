//! What operators see of it while it serves.

use super::harness::{Folder, Running, empty};

kwik_testkit::on_each_engine! {
    async fn it_is_alive_and_ready(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let running = Running::on(&folder, database.url());
        for path in ["/livez", "/readyz", "/docs", "/redoc", "/api/v1/openapi.json"] {
            assert_eq!(running.get(path, "").status, 200, "{path}");
        }
        running.stop();
    }

    async fn a_request_leaves_one_line_without_its_secrets(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let running = Running::on(&folder, database.url());
        let admin = running.admin();
        let token = admin.trim_end().rsplit(' ').next().unwrap().to_owned();
        let paths = ["/api/v1/customers/?filter_key=email&value=hunter2", "/api/v1/customers/7?hunter2", "/nowhere?hunter2"];
        let ids: Vec<_> = paths
            .iter()
            .map(|path| running.get(path, &admin).header("x-request-id").unwrap().to_owned())
            .collect();
        let given = running.get("/livez", "x-request-id: given-by-a-proxy\r\n");
        assert_eq!(given.header("x-request-id").map(str::is_empty), Some(false));
        let log = running.stop().err;
        for (path, id) in paths.iter().zip(&ids) {
            let lines: Vec<_> = log.lines().filter(|line| line.contains(id.as_str())).collect();
            let [line] = lines[..] else { panic!("{path}: {log}") };
            let shown = format!(" INFO kwik::access method=GET path={} status=", path.split('?').next().unwrap());
            assert!(line.contains(&shown) && line.contains(" duration_us="), "{line}");
        }
        // The sign-in, the four above, and nothing else.
        assert_eq!(log.lines().filter(|line| line.contains("kwik::access")).count(), 5, "{log}");
        for secret in ["hunter2", &token, super::harness::PASSWORD.1] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
    }
}
