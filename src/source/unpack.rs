//! Unpacks data as they flow by, in memory that does not grow with them: what a file says of its dictionary or window is refused
//! beyond 64 MiB. Pure.

use crate::kind::flow::Packing;
use async_compression::{
    tokio::bufread::{BzDecoder, GzipDecoder, XzDecoder, ZstdDecoder},
    zstd::DParameter,
};
use std::pin::Pin;
use tokio::io::{AsyncBufRead, AsyncRead};

/// Unpacked data.
pub(super) type Unpacked = Pin<Box<dyn AsyncRead + Send>>;

/// Largest window of zstd, as a power of two: 64 MiB.
const WINDOW: u32 = 26;
/// Most memory of xz in bytes: a dictionary of 64 MiB, and what it needs beside.
const MEMORY: u64 = 66 << 20;

/// Several parts in one file are unpacked one after the other, as the tools do: they pack large files so. A file that was cut is an error.
pub(super) fn unpack(packing: Packing, packed: impl AsyncBufRead + Send + 'static) -> Unpacked {
    match packing {
        Packing::Gzip => {
            let mut unpacked = GzipDecoder::new(packed);
            unpacked.multiple_members(true);
            Box::pin(unpacked)
        }
        Packing::Bzip2 => {
            let mut unpacked = BzDecoder::new(packed);
            unpacked.multiple_members(true);
            Box::pin(unpacked)
        }
        Packing::Xz => {
            let mut unpacked = XzDecoder::with_mem_limit(packed, MEMORY);
            unpacked.multiple_members(true);
            Box::pin(unpacked)
        }
        Packing::Zstd => {
            let mut unpacked = ZstdDecoder::with_params(packed, &[DParameter::window_log_max(WINDOW)]);
            unpacked.multiple_members(true);
            Box::pin(unpacked)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_compression::{
        Level,
        tokio::write::{BzEncoder, GzipEncoder, XzEncoder, ZstdEncoder},
        zstd::CParameter,
    };
    use futures::stream;
    use std::io;
    use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio_util::io::StreamReader;

    const ALL: [Packing; 4] = [Packing::Gzip, Packing::Bzip2, Packing::Xz, Packing::Zstd];

    async fn written(encoder: &mut (impl AsyncWrite + Unpin), data: &[u8]) {
        encoder.write_all(data).await.unwrap();
        encoder.shutdown().await.unwrap();
    }

    async fn packed(packing: Packing, data: &[u8]) -> Vec<u8> {
        let mut packed = vec![];
        match packing {
            Packing::Gzip => written(&mut GzipEncoder::new(&mut packed), data).await,
            Packing::Bzip2 => written(&mut BzEncoder::new(&mut packed), data).await,
            Packing::Xz => written(&mut XzEncoder::new(&mut packed), data).await,
            Packing::Zstd => written(&mut ZstdEncoder::new(&mut packed), data).await,
        }
        packed
    }

    async fn unpacked(packing: Packing, packed: &[u8], step: usize) -> io::Result<Vec<u8>> {
        let parts: Vec<_> = packed.chunks(step).map(<[u8]>::to_vec).collect();
        let parts = stream::iter(parts.into_iter().map(|part| Ok::<_, io::Error>(io::Cursor::new(part))));
        let mut all = vec![];
        unpack(packing, StreamReader::new(parts)).read_to_end(&mut all).await?;
        Ok(all)
    }

    #[tokio::test]
    async fn what_was_packed_comes_out_whole_whatever_the_parts_in_which_it_comes() {
        let data: Vec<u8> = (0..1_u32 << 18).map(|n| (n >> 9) as u8).collect();
        for packing in ALL {
            let small = packed(packing, &data).await;
            assert!(small.len() < data.len() / 10, "{packing:?}");
            for step in [1 << 20, 1000, 7] {
                assert!(unpacked(packing, &small, step).await.unwrap() == data, "{packing:?} step {step}");
            }
            let parts = [packed(packing, b"ab").await, packed(packing, b"c").await].concat();
            assert_eq!(unpacked(packing, &parts, 3).await.unwrap(), b"abc", "{packing:?}: several parts");
        }
    }

    #[tokio::test]
    async fn a_part_of_a_packed_file_is_no_file_and_neither_is_anything_else() {
        for packing in ALL {
            let mut small = packed(packing, b"some data that are long enough to be cut").await;
            for cut in [1, 9, small.len() - 1] {
                assert!(
                    unpacked(packing, &small[..small.len() - cut], 5).await.is_err(),
                    "{packing:?} {cut}"
                );
            }
            assert!(unpacked(packing, b"not packed at all", 5).await.is_err(), "{packing:?}");
            small.extend(b"and more");
            assert!(unpacked(packing, &small, 5).await.is_err(), "{packing:?}: more behind it");
        }
    }

    #[tokio::test]
    async fn what_takes_too_much_memory_is_refused_and_what_the_tools_mostly_make_is_not() {
        async fn xz(dictionary: u32) -> io::Result<Vec<u8>> {
            let options = liblzma::stream::LzmaOptions::new_preset(0).map(|mut options| {
                options.dict_size(dictionary);
                options
            });
            let mut filters = liblzma::stream::Filters::new();
            filters.lzma2(&options.unwrap());
            let stream = liblzma::stream::Stream::new_stream_encoder(&filters, liblzma::stream::Check::Crc64);
            let mut small = vec![];
            io::Read::read_to_end(
                &mut liblzma::read::XzEncoder::new_stream(&b"abc"[..], stream.unwrap()),
                &mut small,
            )?;
            unpacked(Packing::Xz, &small, 5).await
        }
        async fn zstd(window: u32) -> io::Result<Vec<u8>> {
            let mut small = vec![];
            let window = [CParameter::window_log(window)];
            let mut encoder = ZstdEncoder::with_quality_and_params(&mut small, Level::Fastest, &window);
            // What is flushed before the end has no size that a smaller window follows from.
            encoder.write_all(b"ab").await?;
            encoder.flush().await?;
            written(&mut encoder, b"c").await;
            unpacked(Packing::Zstd, &small, 5).await
        }
        assert_eq!(xz(64 << 20).await.unwrap(), b"abc");
        assert_eq!(zstd(26).await.unwrap(), b"abc");
        for refused in [xz(96 << 20).await, zstd(27).await] {
            let why = refused.unwrap_err().to_string();
            assert!(why.contains("memory"), "{why}");
        }
    }

    #[tokio::test]
    async fn data_that_unpack_to_much_come_in_pieces() {
        // 64 MiB of zeros.
        let mut small = vec![];
        let mut encoder = ZstdEncoder::new(&mut small);
        for _ in 0..64 {
            encoder.write_all(&vec![0; 1 << 20]).await.unwrap();
        }
        encoder.shutdown().await.unwrap();
        let all = stream::iter([Ok::<_, io::Error>(io::Cursor::new(small))]);
        let (mut unpacked, mut length) = (unpack(Packing::Zstd, StreamReader::new(all)), 0);
        loop {
            let mut piece = Vec::with_capacity(4096);
            let read = unpacked.read_buf(&mut piece).await.unwrap();
            assert!(piece.capacity() < 8192, "{} bytes at once", piece.capacity());
            length += read;
            if read == 0 {
                break;
            }
        }
        assert_eq!(length, 64 << 20);
    }
}
