namespace Metaflow.Storage.Codecs;

/// <summary>How a blob's payload is compressed. The numbers are stored and never reused.</summary>
internal enum CodecId : byte
{
    /// <summary>Not at all.</summary>
    Raw = 0,

    /// <summary>One LZ4 frame of independent blocks of 1 MiB.</summary>
    Lz4 = 1,
}
