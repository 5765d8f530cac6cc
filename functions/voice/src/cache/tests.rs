use std::io::Read;

use super::*;
use crate::loudness::Loudness;
use crate::media::Tags;

fn header() -> Header {
    Header { loudness: Loudness { lufs: Some(-14.0), peak_db: -2.0 }, tags: Tags::default() }
}

fn track(packets: &[&[u8]]) -> std::sync::Arc<Frames> {
    let (mut writer, frames) = Frames::growing(tempfile::tempfile().unwrap());
    for packet in packets {
        writer.push(packet).unwrap();
    }
    writer.finish();
    frames
}

#[test]
fn a_packed_track_unpacks() {
    let file = pack(&header(), &track(&[b"one", b"three", b"5"])).unwrap();
    let (read, frames) = unpack(file).unwrap();
    assert_eq!((read, frames.length()), (header(), Some(3)));
    let mut packet = Vec::new();
    frames.read(1, &mut Ahead::default(), &mut packet);
    assert_eq!(packet, b"three");
}

#[tokio::test]
async fn a_folder_gives_back_whole_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::open(folder.path().join("deep")).unwrap();
    let key = CacheKey::of("test", "a");
    assert!(store.get(&key).await.unwrap().is_none());
    for packets in [[&b"one"[..], b"two"], [b"uno", b"dos"]] {
        store.put(&key, pack(&header(), &track(&packets)).unwrap()).await.unwrap();
        let (_, frames) = unpack(store.get(&key).await.unwrap().unwrap()).unwrap();
        let mut packet = Vec::new();
        frames.read(0, &mut Ahead::default(), &mut packet);
        assert_eq!(packet, packets[0]);
    }
    let names: Vec<_> = std::fs::read_dir(folder.path().join("deep")).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing temporary is left");
}

/// What a process leaves that is killed while it writes: its part, which nobody takes for the track.
#[tokio::test]
async fn a_writer_killed_in_the_middle_leaves_no_track() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::open(folder.path()).unwrap();
    let key = CacheKey::of("test", "a");
    let mut whole = Vec::new();
    pack(&header(), &track(&[b"one", b"two"])).unwrap().read_to_end(&mut whole).unwrap();
    for cut in 0..whole.len() {
        std::fs::write(folder.path().join(format!(".part-{cut}")), &whole[..cut]).unwrap();
        assert!(store.get(&key).await.unwrap().is_none());
    }
    store.put(&key, pack(&header(), &track(&[b"one"])).unwrap()).await.unwrap();
    assert!(unpack(store.get(&key).await.unwrap().unwrap()).is_ok());
}

#[test]
fn a_file_that_was_cut_on_disk_is_refused() {
    let file = pack(&header(), &track(&[b"one", b"two"])).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - 1).unwrap();
    assert_eq!(unpack(file).err(), Some(PlayError::Storage));
}
