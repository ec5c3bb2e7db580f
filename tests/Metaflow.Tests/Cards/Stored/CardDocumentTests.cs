using System.Buffers;
using System.IO.Compression;
using System.Text;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Stored;

public sealed class CardDocumentTests
{
    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var document = Sample() with { Id = "x", Title = "T <", Problem = "p", Status = CardStatus.Incomplete, Needs = CardNeeds.Charts | CardNeeds.AuthorScripts, RefreshSeconds = 0.5 };

        Assert.Equal(document, CardDocument.Parse(new(document.Write())));
    }

    [Fact]
    public void Write_Document_IsOpenToOtherTools()
    {
        using var unpacked = new GZipStream(new MemoryStream(Sample().Write()), CompressionMode.Decompress);
        using var json = System.Text.Json.JsonDocument.Parse(unpacked);

        Assert.Equal("<p>hi</p>", json.RootElement.GetProperty("html").GetString());
        Assert.Equal("complete", json.RootElement.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"version\":\"1\"}")]
    [InlineData("{\"version\":1,\"type\":null}")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void Parse_SomethingElse_IsInvalidData(string json) => Assert.Throws<InvalidDataException>(() => CardDocument.Parse(Packed(json)));

    [Fact]
    public void Parse_NewerVersion_SaysSo()
    {
        var fault = Assert.Throws<MetaflowException>(() => CardDocument.Parse(Packed("{\"version\":2}")));

        Assert.Contains("version 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NeedOfANewerVersion_IsLeftOut()
    {
        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(Sample().Write()), CompressionMode.Decompress));
        var json = unpacked.ReadToEnd().Replace("\"needs\":[]", "\"needs\":[\"holograms\",\"charts\"]", StringComparison.Ordinal);

        Assert.Equal(CardNeeds.Charts, CardDocument.Parse(Packed(json)).Needs);
    }

    [Fact]
    public void Parse_ContentThatUnpacksWithoutEnd_IsRefusedEarly()
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 80; i++)
            {
                packed.Write(zeros);
            }
        }

        Assert.Contains("longer", Assert.Throws<InvalidDataException>(() => CardDocument.Parse(new(bytes.ToArray()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ChangedBytes_IsTheDocumentOrInvalidData() => Fuzzing.Run(7, 500, [Sample().Write()], 2 << 20, (_, bytes) =>
    {
        try
        {
            CardDocument.Parse(new(bytes));
        }
        catch (InvalidDataException)
        {
            // What a reader of records turns into damage that names its file.
        }
    });

    [Theory]
    [InlineData("card-17-0-2.live", true, false)]
    [InlineData("card-17-0-2.done", true, true)]
    [InlineData("card-17-0.live", false, false)]
    [InlineData("card--17-0-2.live", false, false)]
    [InlineData("card-17-0-2.seg", false, false)]
    [InlineData("scheduler.lock", false, false)]
    [InlineData("card-99999999999999999999-0-2.live", false, false)]
    public void TryParse_FileName_KnowsItsOwn(string name, bool isCard, bool isDone)
    {
        Assert.Equal(isCard, LiveCard.TryParse(name, out var card));
        if (isCard)
        {
            Assert.Equal(new LiveCard(name, 17, 0, 2, isDone), card);
            Assert.Equal(name, LiveCard.NameOf(17, 0, 2, isDone));
        }
    }

    private static CardDocument Sample() => new()
    {
        Type = "default", Flow = "F", Run = "1", Step = "S", TaskId = 3, Attempt = 0, Status = CardStatus.Complete,
        Created = DateTimeOffset.UnixEpoch.AddDays(20000), Html = "<p>hi</p>",
    };

    private static ReadOnlySequence<byte> Packed(string json)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            packed.Write(Encoding.UTF8.GetBytes(json));
        }

        return new(bytes.ToArray());
    }
}
