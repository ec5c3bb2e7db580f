using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Runtime;
using Metaflow.Signing;
using Metaflow.Storage;
using Metaflow.Tests.Client;
using RunStatus = Metaflow.Client.RunStatus;

namespace Metaflow.Tests.Signing;

public sealed class RunSignatureTests : IDisposable
{
    private readonly ClientRuns _runs = new();
    private readonly SigningKey _key = SigningKey.Create();

    private string Folder => Path.Join(_runs.Root, "runs", "MarksFlow", "1");

    public void Dispose()
    {
        _key.Dispose();
        _runs.Dispose();
    }

    [Fact]
    public async Task Verify_OfAnUntouchedRun_FindsNothing()
    {
        var signed = await SignAsync();

        var report = Verify();

        Assert.True(report.IsValid, Problems(report));
        Assert.Equal((signed.Root, signed.SignedAt, "MarksFlow/1", _key.Id), (report.Root, report.SignedAt, report.Run, report.KeyId));
        Assert.Empty(report.Remarks);
    }

    [Fact]
    public async Task Verify_AnyByteFlipped_FailsAndNamesTheFile()
    {
        await SignAsync();
        var files = Directory.GetFiles(Folder).Where(file => Path.GetExtension(file) is not (".lock" or ".holder") && Path.GetFileName(file) != RunSeal.FileName)
            .Concat(Directory.GetFiles(Path.Join(_runs.Root, "blobs"), "*", SearchOption.AllDirectories)).ToList();
        Assert.Equal(5, files.Count);
        var random = new Random(7);
        foreach (var file in files)
        {
            var length = (int)new FileInfo(file).Length;

            // Every byte of small files and of the ends of large ones, and some between.
            var places = Enumerable.Range(0, length).Where(at => length < 1_000 || at < 150 || at >= length - 150 || random.Next(length) < 150);
            foreach (var at in places)
            {
                Flip(file, at);
                var report = Verify();
                Flip(file, at);

                Assert.False(report.IsValid, $"{file} at {at}");
                var place = string.Join('\n', report.Problems.Select(problem => $"{problem.Place} {problem.Message}"));
                Assert.Contains(file.Contains("blobs", StringComparison.Ordinal) ? "'Noise'" : Path.GetFileName(file), place, StringComparison.Ordinal);
            }
        }

        Assert.True(Verify().IsValid);
    }

    [Fact]
    public async Task Verify_FlippedRecord_NamesTheTaskOrTheOffset()
    {
        await SignAsync();
        var segment = Path.Join(Folder, "00001.seg");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        var at = bytes.AsSpan().IndexOf("\"Rate\""u8);
        Flip(segment, at);

        var problem = Assert.Single(Verify().Problems);

        Assert.StartsWith($"00001.seg, bytes {at / 4096 * 4096} to ", problem.Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00001.seg", "the file is missing")]
    [InlineData("leaves", "it is missing")]
    [InlineData("blob", "is not in the store")]
    public async Task Verify_AMissingFile_IsNamed(string file, string message)
    {
        await SignAsync();
        File.Delete(file switch
        {
            "blob" => Directory.GetFiles(Path.Join(_runs.Root, "blobs"), "*", SearchOption.AllDirectories).Single(),
            "leaves" => Directory.GetFiles(Folder, "*.leaves").Single(),
            _ => Path.Join(Folder, file),
        });

        var report = Verify();

        Assert.Contains(report.Problems, problem => problem.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_AppendedBytes_AreFound()
    {
        await SignAsync();
        await File.AppendAllTextAsync(Path.Join(Folder, "00001.seg"), "x", TestContext.Current.CancellationToken);

        Assert.Contains("were signed", Assert.Single(Verify().Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ZerosBehindTheRecords_AreNoPartOfWhatIsSigned()
    {
        var segment = Path.Join(Folder, "00001.seg");
        await _runs.RunAsync(new MarksFlow());
        var written = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(segment, [.. written, .. new byte[70_000]], TestContext.Current.CancellationToken);
        using (var client = _runs.Open())
        {
            RunSignature.Sign(client.Run("MarksFlow/1"), _key, TestContext.Current.CancellationToken);
        }

        Assert.True(Verify().IsValid, Problems(Verify()));

        await File.WriteAllBytesAsync(segment, written, TestContext.Current.CancellationToken);
        Assert.True(Verify().IsValid, Problems(Verify()));

        await File.WriteAllBytesAsync(segment, [.. written, .. new byte[5_000], 1], TestContext.Current.CancellationToken);
        Assert.Contains("were signed", Assert.Single(Verify().Problems).Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(segment, written[..^1], TestContext.Current.CancellationToken);
        Assert.False(Verify().IsValid);
    }

    [Fact]
    public async Task Verify_RecordsAddedLater_FailUnlessTheyAreTags()
    {
        await SignAsync();
        using var store = LocalStore.Open(_runs.Root);
        var folder = store.OpenRun("MarksFlow", "1");
        await RunTagEditor.ChangeAsync(store, folder, tags => [.. tags, "later"], "ada", TimeProvider.System, TestContext.Current.CancellationToken);

        var tagged = Verify();
        Assert.True(tagged.IsValid, Problems(tagged));
        Assert.Contains("Tags", Assert.Single(tagged.Remarks), StringComparison.Ordinal);

        using (var writer = folder.OpenWriter())
        {
            writer.Append(RecordKind.Log, "{}"u8, []);
            writer.Commit();
        }

        Assert.Contains("were added after it was signed", Assert.Single(Verify().Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SignatureOfAnotherRun_IsRefused()
    {
        await SignAsync();
        await _runs.RunAsync(new MarksFlow());
        var other = Path.Join(_runs.Root, "runs", "MarksFlow", "2");
        foreach (var file in Directory.GetFiles(Folder, "signature-*"))
        {
            File.Copy(file, Path.Join(other, Path.GetFileName(file)));
        }

        using var client = _runs.Open();
        var report = RunSignature.Verify(client.Run("MarksFlow/2"), _key, TestContext.Current.CancellationToken);

        Assert.Contains("it is of run MarksFlow/1", Assert.Single(report.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WithAnotherKey_SaysWhoHasSigned()
    {
        await SignAsync();
        using var other = SigningKey.Create();
        using var client = _runs.Open();
        var run = client.Run("MarksFlow/1");

        var fault = Assert.Throws<MetaflowException>(() => RunSignature.Verify(run, other, TestContext.Current.CancellationToken));

        Assert.Contains($"It was signed by {_key.Id[..16]}", fault.Message, StringComparison.Ordinal);
        Assert.Equal([_key.Id[..16]], RunSignature.Keys(run));
    }

    [Fact]
    public async Task Verify_WithThePublicKeyAlone_Works()
    {
        await SignAsync();
        using var open = SigningKey.FromPem(_key.ToPublicPem());
        using var client = _runs.Open();
        var run = client.Run("MarksFlow/1");

        Assert.True(RunSignature.Verify(run, open, TestContext.Current.CancellationToken).IsValid);
        Assert.Equal((_key.Id, false), (open.Id, open.CanSign));
        Assert.Throws<InvalidOperationException>(open.ToPrivatePem);
        Assert.Throws<MetaflowException>(() => RunSignature.Sign(run, open, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sign_ARunThatGoesOn_IsRefused()
    {
        WaitingFlow.Reset();
        var running = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var client = _runs.Open();

        var fault = Assert.Throws<MetaflowException>(() => RunSignature.Sign(client.Run("WaitingFlow/1"), _key, TestContext.Current.CancellationToken));

        Assert.Contains("goes on", fault.Message, StringComparison.Ordinal);
        WaitingFlow.Gate.SetResult();
        await running;
    }

    [Fact]
    public async Task Sign_AResumedRun_CoversWhatItTookOver()
    {
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });
        await _runs.RunAsync(new TroubleFlow { IsFatal = true }, resume: new ResumeRequest("1", null));
        using var client = _runs.Open();
        var run = client.Run("TroubleFlow/2");
        Assert.Equal(RunStatus.Failed, run.Status);
        RunSignature.Sign(run, _key, TestContext.Current.CancellationToken);
        var adopted = Path.Join(_runs.Root, "runs", "TroubleFlow", "2", "00001.seg");

        Flip(adopted, 100);

        Assert.Contains("00001.seg", RunSignature.Verify(run, _key, TestContext.Current.CancellationToken).Problems[0].Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Envelope_OfASignature_IsDsse()
    {
        var signed = await SignAsync();
        using var envelope = JsonDocument.Parse(await File.ReadAllBytesAsync(Directory.GetFiles(Folder, "signature-*.json").Single(), TestContext.Current.CancellationToken));
        var root = envelope.RootElement;
        var payload = root.GetProperty("payload").GetBytesFromBase64();
        var type = root.GetProperty("payloadType").GetString()!;
        byte[] message = [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
        using var key = ECDsa.Create();
        key.ImportFromPem(_key.ToPublicPem());

        Assert.True(key.VerifyData(
            message, root.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        using var manifest = JsonDocument.Parse(payload);
        Assert.Equal(signed.Root, manifest.RootElement.GetProperty("root").GetString());
    }

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    public void MerkleTree_OfTheKnownLeaves_HasTheKnownRoot(int count, string root)
    {
        // The first leaves of the published test vectors for RFC 6962: nothing, 00, 10.
        byte[][] leaves = [[], [0x00], [0x10]];
        var tree = new MerkleTree();
        foreach (var leaf in leaves.Take(count))
        {
            tree.Add(leaf);
        }

        Assert.Equal(root, Convert.ToHexStringLower(tree.Root()));
    }

    [Theory]
    [InlineData("nonsense", "must be an ECDSA key as PEM")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----", "is encrypted")]
    public void FromPem_NoKey_IsRefused(string pem, string message) =>
        Assert.Contains(message, Assert.Throws<MetaflowException>(() => SigningKey.FromPem(pem)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Commands_MakeAKeySignAndVerify()
    {
        await _runs.RunAsync(new MarksFlow());
        var key = Path.Join(_runs.Folder, "key.pem");

        Assert.Equal(0, (await Run("keygen", key)).Code);
        Assert.Equal(1, (await Run("keygen", key)).Code);
        Assert.Equal(1, (await Run("verify", "MarksFlow/1", "--key", key + ".pub", "--global")).Code);
        Assert.Equal(0, (await Run("sign", "MarksFlow/1", "--key", key, "--global")).Code);
        var good = await Run("verify", "MarksFlow/1", "--key", key + ".pub", "--global");
        Flip(Path.Join(Folder, "00001.seg"), 200);
        var bad = await Run("verify", "MarksFlow/1", "--key", key + ".pub", "--global");
        var json = await Run("verify", "MarksFlow/1", "--key", key + ".pub", "--global", "--json");

        Assert.Equal(0, good.Code);
        Assert.Contains("is what was signed", good.Output, StringComparison.Ordinal);
        Assert.Equal(1, bad.Code);
        Assert.Contains("00001.seg, bytes 0 to ", bad.Output, StringComparison.Ordinal);
        Assert.Contains("is NOT what was signed", bad.Output, StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse(json.Output).RootElement.GetProperty("valid").GetBoolean());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
    }

    private static void Flip(string file, int at)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        var value = new byte[1];
        RandomAccess.Read(handle, value, at);
        value[0] ^= 0x10;
        RandomAccess.Write(handle, value, at);
    }

    private static string Problems(SignatureReport report) => string.Join('\n', report.Problems);

    private async Task<SignatureReport> SignAsync()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        return RunSignature.Sign(client.Run("MarksFlow/1"), _key, TestContext.Current.CancellationToken);
    }

    private SignatureReport Verify()
    {
        using var client = _runs.Open();
        return RunSignature.Verify(client, "MarksFlow", 1, _key, TestContext.Current.CancellationToken);
    }

    private async Task<(int Code, string Output)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Metaflow.Tool.ToolCommand.InvokeAsync([.. args, "--datastore-root", _runs.Root], output, error);
        return (code, output + error.ToString());
    }
}
