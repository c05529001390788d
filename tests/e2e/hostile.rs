//! Hostile manifests end in an error, soon and in little memory: the shell sets the limits, not we.

use crate::child::{BINARY, Ended};
use crate::house::House;
use std::fmt::Write as _;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// 256 MiB of address space, which is more than memory, and a second of work; a build without optimisation gets five.
const LIMITED: &str = if cfg!(debug_assertions) {
    "ulimit -v 262144; ulimit -t 5; exec \"$@\""
} else {
    "ulimit -v 262144; ulimit -t 1; exec \"$@\""
};

async fn check(house: &House) -> Ended {
    let arguments = ["-c", LIMITED, "sh", BINARY, "check", "manifests"];
    house.start_as(Path::new("/bin/sh"), &arguments, &[]).ended().await
}

async fn refused(text: impl AsRef<[u8]>) -> Ended {
    let house = House::new().await;
    fs::write(house.path("manifests/a.yaml"), text).unwrap();
    check(&house).await.expect(3).says("manifests/a.yaml")
}

#[tokio::test]
async fn the_limits_leave_room_for_a_good_manifest() {
    let house = House::new().await;
    house.write("a.yaml", crate::manifests::ORDERS);
    check(&house).await.expect(0);
}

#[tokio::test]
async fn alias_bombs() {
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..40 {
        let aliases =
            [format!("*a{}", level - 1)].iter().cycle().take(9).cloned().collect::<Vec<_>>();
        writeln!(bomb, "a{level}: &a{level} [{}]", aliases.join(", ")).unwrap();
    }
    refused(bomb).await;
    refused("apiVersion: tidelock/v1\nclusters: &a\n  - *a\n").await;
}

#[tokio::test]
async fn a_hundred_megabytes() {
    let house = House::new().await;
    let mut file = fs::File::create(house.path("manifests/a.yaml")).unwrap();
    // Mostly a hole: nobody may read it to its end anyway.
    file.seek(SeekFrom::Start(100 << 20)).unwrap();
    file.write_all(b"x").unwrap();
    check(&house).await.expect(3).says("too large");
    refused(format!("apiVersion: tidelock/v1\nclusters: [{}]\n", "a, ".repeat(1 << 20))).await;
    refused(format!("apiVersion: \"{}\"\n", "x".repeat(4_000_000))).await;
    refused("- \n".repeat(1_300_000)).await;
}

#[tokio::test]
async fn deep_nesting() {
    refused("[".repeat(100_000)).await;
    refused("{a: ".repeat(100_000)).await;
    refused("- ".repeat(100_000)).await;
    let stairs: Vec<String> = (0..1_500).map(|depth| format!("{}a:", " ".repeat(depth))).collect();
    refused(stairs.join("\n")).await;
}

#[tokio::test]
async fn what_is_no_text() {
    refused([0, 159, 146, 150, 255]).await;
    refused("apiVersion: tidelock/v1\nclusters:\n\t- name: x\n").await;
    refused("").await;
    refused("---\n---\n---\n").await;
    refused("apiVersion: tidelock/v1\napiVersion: tidelock/v1\nclusters: []\n").await;
    refused("apiVersion: !!python/object/apply:os.system [id]\n").await;
}

#[tokio::test]
async fn marks_and_line_ends_of_other_systems_are_fine() {
    let house = House::new().await;
    house.write("a.yaml", &format!("\u{feff}{}", crate::manifests::ORDERS.replace('\n', "\r\n")));
    check(&house).await.expect(0);
}

#[tokio::test]
async fn what_is_no_file() {
    let house = House::new().await;
    symlink("/etc/passwd", house.path("manifests/a.yaml")).unwrap();
    check(&house).await.expect(3).says("leads out of the given path");
    fs::remove_file(house.path("manifests/a.yaml")).unwrap();
    symlink("a.yaml", house.path("manifests/a.yaml")).unwrap();
    check(&house).await.expect(3);
    fs::remove_file(house.path("manifests/a.yaml")).unwrap();
    let pipe = house.path("manifests/a.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    check(&house).await.expect(3).says("neither a file nor a directory");
    fs::remove_file(&pipe).unwrap();
    symlink("..", house.path("manifests/loop")).unwrap();
    symlink(".", house.path("manifests/itself")).unwrap();
    house.write("a.yaml", crate::manifests::SMALLEST);
    check(&house).await.expect(3).says("leads out of the given path");
}

fn listed(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: String = (0..count).map(item).collect();
    format!("apiVersion: tidelock/v1\nclusters:\n{items}")
}

/// As many as one file can hold, each wrong in another way than the one before: nobody reads more than two hundred.
#[tokio::test]
async fn a_flood_of_findings() {
    let unknown = |number| format!("  - name: c{number}\n    teir: dedicated\n");
    let untrue = |number| {
        format!(
            "  - {{name: A{number}, tier: dedicated, id: x, project: '-', region: mars, endpoints: []}}\n"
        )
    };
    let empty = format!("apiVersion: tidelock/v1\nclusters: [{}]\n", "{}, ".repeat(250_000));
    let one_line = format!("apiVersion: tidelock/v1\nclusters: [{}]\n", "a, ".repeat(290_000));
    let mut keys = String::from("apiVersion: tidelock/v1\n");
    for number in 0..140_000 {
        writeln!(keys, "k{number}: 1").unwrap();
    }
    for text in [listed(50_000, unknown), listed(20_000, untrue), empty, one_line, keys] {
        let ended = refused(text).await.says("more than 200 findings");
        assert!(ended.out.len() < 1 << 20, "{} bytes", ended.out.len());
    }
}

/// The flaws of a sound file are found by each cloud, and by all files together.
#[tokio::test]
async fn a_flood_of_endpoints() {
    const CLUSTER: &str = "apiVersion: tidelock/v1\nclusters:\n  - {name: a, tier: dedicated, id: '1', project: '1', \
        region: aws-us-east-1, endpoints: [\n";
    let endpoints = |count: usize, item: &dyn Fn(usize) -> String| {
        let items: String = (0..count).map(item).collect();
        format!("{CLUSTER}{items}]}}\n")
    };
    let entry = |name: String, id: String| {
        format!(
            "{{name: {name}, aws: {{account: prod, vpc: {id}, subnets: [subnet-{name}], securityGroups: [sg-1]}}}},\n"
        )
    };
    let flawed = endpoints(13_000, &|number| entry(format!("e{number}"), format!("vpx-{number}")));
    let twice = endpoints(13_000, &|_| entry("e".into(), "vpc-0123456789abcdef0".into()));
    for text in [flawed, twice] {
        refused(text).await.says("more than 200 findings");
    }
}
