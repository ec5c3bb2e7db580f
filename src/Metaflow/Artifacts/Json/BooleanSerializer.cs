using System.Buffers;

namespace Metaflow.Artifacts.Json;

/// <summary>Single truth values.</summary>
internal sealed class BooleanSerializer : Serializer<bool>
{
    private static readonly ArtifactContent True = new(Encodings.Json, new ReadOnlySequence<byte>("true"u8.ToArray()));
    private static readonly ArtifactContent False = new(Encodings.Json, new ReadOnlySequence<byte>("false"u8.ToArray()));

    public override ArtifactContent Encode(string name, bool value) => value ? True : False;

    public override bool Decode(in StoredContent content)
    {
        if (content.Encoding != Encodings.Json)
        {
            throw ArtifactErrors.WrongEncoding<bool>(content);
        }

        if (content.Bytes.Length < 64)
        {
            var text = JsonText.Trim(content.Bytes.IsSingleSegment ? content.Bytes.FirstSpan : content.Bytes.ToArray());
            if (text.SequenceEqual("true"u8))
            {
                return true;
            }

            if (text.SequenceEqual("false"u8))
            {
                return false;
            }
        }

        throw ArtifactErrors.CannotRead<bool>(content, "it is neither true nor false. Read it as the type that was stored.");
    }
}
