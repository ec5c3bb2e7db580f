using Metaflow.Storage;
using Metaflow.Storage.Files;
using Metaflow.Testing;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Testing;

public sealed class BlobBackendConformanceTests
{
    public static TheoryData<string> Checks => [.. BlobBackendConformance.Checks];

    [Theory]
    [MemberData(nameof(Checks))]
    public void LocalBackend_Contract_IsKept(string check)
    {
        using var folder = new TestFolder();
        new Local(LocalFileSystem.Instance, folder.Path).Run(check);
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void SimulatedDisk_Contract_IsKept(string check) => new Local(new SimulatedDisk(), "/places").Run(check);

    [Theory]
    [MemberData(nameof(Checks))]
    public void InMemoryBackend_Contract_IsKept(string check) => new Fixed(new InMemoryBlobBackend()).Run(check);

    [Theory]
    [InlineData(Flaw.ClaimsTwice, "put-if-absent", "must return false")]
    [InlineData(Flaw.ClaimsTwice, "two-claimants", "exactly one must get true, 2 did")]
    [InlineData(Flaw.ListsByText, "list", "List(\"blobs/ab/\")")]
    [InlineData(Flaw.ForgetsOffsets, "ranges", "gave other bytes")]
    [InlineData(Flaw.TakesAnyKey, "escaping-keys", "'' must throw an ArgumentException")]
    [InlineData(Flaw.KeepsDeleted, "delete", "it was deleted")]
    [InlineData(Flaw.ShowsUploads, "abandoned-upload", "not published")]
    [InlineData(Flaw.Fails, "settle", "No such bucket")]
    public void FlawedBackend_ItsCheck_FailsAndSaysWhy(Flaw flaw, string check, string message)
    {
        var fault = Assert.Throws<BlobBackendConformanceException>(() => new Fixed(new FlawedBackend(flaw)).Run(check));

        Assert.Equal(check, fault.Check);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunAll_FlawedBackend_NamesEveryCheckThatFails()
    {
        var fault = Assert.Throws<AggregateException>(() => new Fixed(new FlawedBackend(Flaw.KeepsDeleted)).RunAll());

        // All checks share this one place, so more than the check of deletion may fail; that one does.
        Assert.Contains(fault.InnerExceptions, inner => inner is BlobBackendConformanceException { Check: "delete" });
    }

    [Fact]
    public void Run_UnknownCheck_NamesTheChecks()
    {
        var fault = Assert.Throws<ArgumentException>(() => new Fixed(new InMemoryBlobBackend()).Run("listing"));

        Assert.Contains("list-many", fault.Message, StringComparison.Ordinal);
    }

    private sealed class Local(IFileSystem files, string root) : BlobBackendConformance
    {
        protected override IBlobBackend Open(string place)
        {
            var backend = new LocalBackend(files, Path.Join(root, place));
            backend.Prepare();
            return backend;
        }
    }

    private sealed class Fixed(IBlobBackend backend) : BlobBackendConformance
    {
        protected override IBlobBackend Open(string place) => backend;
    }
}
