use proptest::prelude::*;

use super::*;

fn media_of(text: &str) -> Media {
    match parse(text.as_bytes()) {
        Ok(Playlist::Media(media)) => media,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_live_playlist_is_read() {
    let media = media_of(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:41\n\
         #EXT-X-KEY:METHOD=AES-128,URI=\"https://k.example.org/a,b\",IV=0x0000000000000000000000000000002A\n\
         #EXTINF:5.98,Title\nseg41.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:6\nseg42.ts\n",
    );
    assert_eq!((media.sequence, media.target.as_secs(), media.ended), (41, 6, false));
    assert_eq!(media.segments.len(), 2);
    let mut iv = [0; 16];
    iv[15] = 42;
    assert_eq!(media.segments[0].key, Some(Key { uri: "https://k.example.org/a,b".into(), iv: Some(iv) }));
    assert_eq!(media.segments[0].duration.as_millis(), 5_980);
    assert_eq!(media.segments[1].key, None);
}

#[test]
fn parts_of_a_file_follow_each_other() {
    let media = media_of(
        "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"718@0\"\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@718\na.mp4\n\
         #EXTINF:4,\n#EXT-X-BYTERANGE:50\na.mp4\n#EXTINF:4,\n#EXT-X-BYTERANGE:7\nb.mp4\n#EXT-X-ENDLIST\n",
    );
    let ranges: Vec<_> = media.segments.iter().map(|segment| segment.range.unwrap()).collect();
    assert_eq!(ranges, [(718, 100), (818, 50), (0, 7)]);
    assert_eq!(media.segments[2].map, Some(Map { uri: "init.mp4".into(), range: Some((0, 718)) }));
    assert!(media.ended);
}

#[test]
fn the_best_sound_is_chosen() {
    let master = "#EXTM3U\n\
        #EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc1.4d401f,mp4a.40.2\",RESOLUTION=1280x720\nvideo.m3u8\n\
        #EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.5\"\nhe.m3u8\n\
        #EXT-X-STREAM-INF:BANDWIDTH=96000,CODECS=\"mp4a.40.2\"\nlow.m3u8\n\
        #EXT-X-STREAM-INF:BANDWIDTH=256000,CODECS=\"mp4a.40.2\"\nhigh.m3u8\n";
    let Ok(Playlist::Master(variants)) = parse(master.as_bytes()) else { panic!("a master playlist") };
    assert_eq!(choose(&variants).unwrap().uri, "high.m3u8");
    assert_eq!(choose(&variants[..2]).unwrap().uri, "video.m3u8");
    assert_eq!(choose(&variants[1..2]), None, "HE-AAC alone");
}

#[test]
fn lists_of_links_are_told_apart() {
    let links = |text: &str| match parse(text.as_bytes()) {
        Ok(Playlist::Links(links)) => links,
        other => panic!("{other:?}"),
    };
    assert_eq!(links("#EXTM3U\n#EXTINF:-1,Radio\nhttps://r.example.org/a\n"), ["https://r.example.org/a"]);
    assert_eq!(links("https://r.example.org/a\r\n"), ["https://r.example.org/a"]);
    assert_eq!(parse(b"#EXTM3U\n/etc/passwd\n"), Err(BadPlaylist::Malformed));
    let pls =
        b"[playlist]\nNumberOfEntries=1\nFile1=https://r.example.org/a\nTitle1=x\nfile2=file:///etc/passwd\n";
    assert_eq!(parse_pls(pls), ["https://r.example.org/a"]);
}

#[test]
fn what_is_not_understood_and_matters_is_an_error() {
    for (line, error) in [
        ("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"", BadPlaylist::Encryption),
        (
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"com.apple.streamingkeydelivery\"",
            BadPlaylist::Encryption,
        ),
        ("#EXT-X-KEY:METHOD=AES-128", BadPlaylist::Malformed),
        ("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=42", BadPlaylist::Malformed),
        ("#EXT-X-BYTERANGE:18446744073709551615@9\nx.ts", BadPlaylist::Malformed),
        ("#EXT-X-BYTERANGE:0\nx.ts", BadPlaylist::Malformed),
        ("#EXT-X-MEDIA-SEQUENCE:18446744073709551615", BadPlaylist::Malformed),
        ("#EXTINF:NaN", BadPlaylist::Malformed),
        ("#EXTINF:-1", BadPlaylist::Malformed),
        ("#EXT-X-I-FRAMES-ONLY", BadPlaylist::Malformed),
    ] {
        let text = format!("#EXTM3U\n#EXT-X-VERSION:3\n{line}\nseg.ts\n");
        assert_eq!(parse(text.as_bytes()), Err(error), "{line}");
    }
    let long = format!("#EXTM3U\n#EXT-X-VERSION:3\n{}", "a.ts\n".repeat(SEGMENTS_MAX + 1));
    assert_eq!(parse(long.as_bytes()), Err(BadPlaylist::TooLong));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(#EXTM3U\n)?(#EXT-X-(KEY|MAP|BYTERANGE|STREAM-INF|MEDIA-SEQUENCE):\\PC{0,40}\n|\\PC{0,40}\n){0,10}") {
        let _ = parse(text.as_bytes());
        parse_pls(text.as_bytes());
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
        parse_pls(&bytes);
    }
}
