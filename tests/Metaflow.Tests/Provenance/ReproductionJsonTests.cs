using System.Text;
using Metaflow.Provenance;
using Metaflow.Tests.Metadata.Records;

namespace Metaflow.Tests.Provenance;

public sealed class ReproductionJsonTests
{
    private static readonly string Golden = Path.Join(AppContext.BaseDirectory, "Provenance", "Golden");

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var reproduction = RecordSamples.Reproduction;

        var read = ReproductionJson.Parse(ReproductionJson.WriteHeader(reproduction), ReproductionJson.WriteBody(reproduction));

        Assert.Equal(reproduction.Artifacts, read.Artifacts);
        Assert.Equal(reproduction.Remarks, read.Remarks);
        Assert.Equal((reproduction.Verdict, reproduction.Started, 3, 1, 1), (read.Verdict, read.Started, read.Identical, read.Equal, read.Different));
    }

    [Theory]
    [InlineData("reproduction-header.json")]
    [InlineData("reproduction-body.json")]
    public void Write_Golden_IsByteForByteTheStoredOne(string file)
    {
        var written = file.Contains("header", StringComparison.Ordinal)
            ? ReproductionJson.WriteHeader(RecordSamples.Reproduction)
            : ReproductionJson.WriteBody(RecordSamples.Reproduction);

        Assert.Equal(File.ReadAllText(Path.Join(Golden, file)).TrimEnd(), Encoding.UTF8.GetString(written));
    }
}
