using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Metaflow.Artifacts;

/// <summary>Strings, as UTF-8 without a byte order mark.</summary>
internal sealed class TextSerializer : Serializer<string>
{
    private const int MaximumSingleLength = 256 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override ArtifactContent Encode(string name, string value)
    {
        try
        {
            if (value.Length <= MaximumSingleLength)
            {
                return new(Encodings.Text, new ReadOnlySequence<byte>(Utf8.GetBytes(value)));
            }

            using var writer = new ContentWriter();
            Utf8.GetBytes(value, writer);
            return new(Encodings.Text, writer.ToSequence());
        }
        catch (EncoderFallbackException e)
        {
            throw ArtifactErrors.CannotStore(
                name,
                $"the string has half of a surrogate pair at position {e.Index}, which UTF-8 cannot keep. "
                + "Store binary data as byte[], or mend the text.",
                e);
        }
    }

    public override string Decode(in StoredContent content)
    {
        if (content.Encoding == Encodings.Json)
        {
            return Json.JsonArtifactSerializer<string>.Shared.Decode(content);
        }

        if (content.Encoding != Encodings.Text)
        {
            throw ArtifactErrors.WrongEncoding<string>(content);
        }

        try
        {
            return content.Bytes.IsSingleSegment
                ? Utf8.GetString(content.Bytes.FirstSpan)
                : Utf8.GetString(content.Bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw ArtifactErrors.CannotRead<string>(content, "the bytes are not valid UTF-8. Read it as byte[] from the store.", e);
        }
        catch (Exception e) when (e is OverflowException or ArgumentException)
        {
            throw ArtifactErrors.CannotRead<string>(content, "it is longer than a string can be.", e);
        }
    }
}
