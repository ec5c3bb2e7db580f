namespace Metaflow.Storage.Codecs;

/// <summary>What this version knows about codecs.</summary>
internal static class BlobCodecs
{
    /// <summary>Whether payloads of this kind can be read.</summary>
    public static bool IsKnown(CodecId codec, int elementWidth) => codec == CodecId.Raw && elementWidth == 1;

    /// <summary>Whether a payload can hold that much content, so that no memory is taken for a length that is made up.</summary>
    public static bool IsPossible(CodecId codec, long rawLength, long payloadLength) => rawLength == payloadLength;
}
