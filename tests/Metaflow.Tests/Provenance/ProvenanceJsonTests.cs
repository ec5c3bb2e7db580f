using System.Text;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Storage;
using Metaflow.Tests.Metadata.Records;

namespace Metaflow.Tests.Provenance;

public sealed class ProvenanceJsonTests
{
    private static readonly string Golden = Path.Join(AppContext.BaseDirectory, "Provenance", "Golden");

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var record = RecordSamples.Provenance;

        var (header, body) = (ProvenanceJson.WriteHeader(record), ProvenanceJson.WriteBody(record));
        var read = ProvenanceJson.Parse(header, body);

        Assert.Equal(header, ProvenanceJson.WriteHeader(read));
        Assert.Equal(body, ProvenanceJson.WriteBody(read));
        Assert.Equal(record.Files, read.Files);
        Assert.Equal(record.Environment.Packages, read.Environment.Packages);
        Assert.Equal(("de-DE", "Europe/Berlin", 8), (read.Environment.Culture, read.Environment.TimeZone, read.Environment.Processors));
    }

    [Theory]
    [InlineData("header.json")]
    [InlineData("body.json")]
    public void Write_Golden_IsByteForByteTheStoredOne(string file)
    {
        var written = file == "header.json" ? ProvenanceJson.WriteHeader(RecordSamples.Provenance) : ProvenanceJson.WriteBody(RecordSamples.Provenance);

        Assert.Equal(File.ReadAllText(Path.Join(Golden, file)).TrimEnd(), Encoding.UTF8.GetString(written));
    }

    [Theory]
    [InlineData("../a.cs")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("c:/a")]
    [InlineData("a\\\\b")]
    [InlineData(".git/hooks/post-checkout")]
    [InlineData("a/.GIT/config")]
    [InlineData("a/b.")]
    [InlineData("")]
    public void Parse_PathThatLeadsOut_IsDamage(string path)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"files\":[{{\"path\":\"{path}\",\"size\":1,\"sha256\":\"{new string('0', 64)}\"}}]}}");
        var record = new StoredRecord("/s/runs/F/1/00001.seg", new(1, 16), RecordKind.Provenance, "{}"u8.ToArray(), body);

        Assert.Throws<CorruptDataException>(() => record.ToProvenance());
    }
}
