using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Metaflow.Signing;

/// <summary>A signed text: the envelope of DSSE 1.0 with one signature. See docs/formats/signature.md.</summary>
/// <param name="PayloadType">What the payload is.</param>
/// <param name="Payload">The payload.</param>
/// <param name="KeyId">The key's id.</param>
/// <param name="Signature">The signature.</param>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, string KeyId, byte[] Signature)
{
    /// <summary>What is signed: the type and the payload with their lengths.</summary>
    public static byte[] Message(string payloadType, byte[] payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var start = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {payloadType} {payload.Length} "));
        return [.. start, .. payload];
    }

    /// <summary>The envelope as JSON without blanks.</summary>
    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("payloadType"u8, PayloadType);
            json.WriteBase64String("payload"u8, Payload);
            json.WriteStartArray("signatures"u8);
            json.WriteStartObject();
            json.WriteString("keyid"u8, KeyId);
            json.WriteBase64String("sig"u8, Signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads an envelope, which must be exactly as <see cref="Write"/> makes it.</summary>
    /// <returns><see langword="null"/> if it is not.</returns>
    public static DsseEnvelope? TryParse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var signature = root.GetProperty("signatures")[0];
            var envelope = new DsseEnvelope(
                root.GetProperty("payloadType").GetString()!, root.GetProperty("payload").GetBytesFromBase64(),
                signature.GetProperty("keyid").GetString()!, signature.GetProperty("sig").GetBytesFromBase64());

            // Blanks, unknown members and other ways to write the same are nothing that was signed.
            return envelope.Write().AsSpan().SequenceEqual(bytes) ? envelope : null;
        }
        catch (Exception damage) when (damage is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            or IndexOutOfRangeException or ArgumentException)
        {
            return null;
        }
    }
}
