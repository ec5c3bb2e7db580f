using System.Diagnostics;
using Metaflow.Provenance;
using Metaflow.Provenance.Capture;
using Metaflow.Storage;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Provenance.Capture;

/// <summary>Which files become a snapshot, of file-based programs and of projects.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OfAFile_WithIncludesAndProjects_IsWhatItIsBuiltFrom()
    {
        Write("flows/a.cs", "#!/usr/bin/env -S dotnet run\n#:package X@1.0\n#:include shared/b.cs\n#:project ../lib\nSystem.Console.WriteLine(1);\n#:include never.cs\n");
        Write("flows/shared/b.cs", "#:include c.cs\nclass B;\n");
        Write("flows/shared/c.cs", "class C;\n");
        Write("flows/other.cs", "class Other;\n");
        Write("flows/Directory.Build.props", "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" /></Project>");
        Write("Directory.Build.props", "<Project><PropertyGroup><Here>$(MSBuildThisFileDirectory)</Here></PropertyGroup><Import Project=\"$(Here)Version.props\" /></Project>");
        Write("Version.props", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("lib/Lib.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><ProjectReference Include=\"..\\base\\Base.csproj\" /></ItemGroup></Project>");
        Write("lib/Lib.cs", "class L;");
        Write("lib/bin/Debug/Lib.dll", "built");
        Write("lib/obj/project.assets.json", "{}");
        Write("base/Base.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><Compile Include=\"../linked/**/*.cs\" /></ItemGroup></Project>");
        Write("linked/deep/link.cs", "class K;");
        Write("linked/note.txt", "no source");

        var record = await CaptureAsync(SourceKind.File, "flows/a.cs");

        Assert.Equal(
            [
                "Directory.Build.props", "Directory.Packages.props", "Version.props", "base/Base.csproj", "flows/Directory.Build.props", "flows/a.cs",
                "flows/shared/b.cs", "flows/shared/c.cs", "lib/Lib.cs", "lib/Lib.csproj", "linked/deep/link.cs",
            ],
            record.Files.Select(file => file.Path));
        Assert.Contains(record.Remarks, remark => remark.StartsWith("A list of packages cannot be read", StringComparison.Ordinal));
        Assert.Equal("flows/a.cs", record.Entry);
        Assert.Equal(_folder.Path, record.Root);
    }

    [Fact]
    public async Task OfAProject_IgnoredSecretAndLargeFiles_AreLeftOutAndTold()
    {
        Write("app/App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("app/Program.cs", "return 0;");
        Write("app/.gitignore", "*.csv\nout/\n");
        Write("app/data.csv", "1,2");
        Write("app/out/x.cs", "class X;");
        Write("app/.env", "TOKEN=1");
        Write("app/keys/id_rsa", "secret");
        Write("app/nuget.config", "<configuration><packageSourceCredentials><f><add key=\"ClearTextPassword\" value=\"x\" /></f></packageSourceCredentials></configuration>");
        Write("app/model.bin", new string('x', 5_000));
        File.CreateSymbolicLink(_folder["app/linked.cs"], "/etc/hostname");
        Directory.CreateSymbolicLink(_folder["app/linkeddir"], "/etc");

        var record = await CaptureAsync(SourceKind.Project, "app/App.csproj", request => request with { MaximumFileBytes = 4_000 });

        Assert.Equal([".gitignore", "App.csproj", "Program.cs"], record.Files.Select(file => file.Path));
        Assert.Contains(record.Remarks, remark => remark.StartsWith("3 look like secrets", StringComparison.Ordinal) && remark.Contains(".env, id_rsa, nuget.config", StringComparison.Ordinal));
        Assert.Contains(record.Remarks, remark => remark.StartsWith("2 are links and were not followed: linked.cs, linkeddir", StringComparison.Ordinal));
        Assert.Contains(record.Remarks, remark => remark.Contains("larger than 3.9 KB and were left out: model.bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OfAProject_BeyondTheBounds_KeepsCodeBeforeDataAndSaysSo()
    {
        Write("App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("zz.cs", "class Z;");
        for (var i = 0; i < 5; i++)
        {
            Write($"a{i}.txt", "data");
        }

        var record = await CaptureAsync(SourceKind.Project, "App.csproj", request => request with { MaximumFiles = 3 });

        Assert.Equal(["App.csproj", "a0.txt", "zz.cs"], record.Files.Select(file => file.Path));
        Assert.Contains(record.Remarks, remark => remark.StartsWith("4 files (16 B) were left out: a snapshot has at most 3 files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OfAProject_MarkedReference_StaysOutside()
    {
        Write("app/App.csproj", "<Project><ItemGroup><ProjectReference Include=\"../lib/Lib.csproj\" Snapshot=\"false\" /><ProjectReference Include=\"$(Elsewhere)/X.csproj\" /></ItemGroup></Project>");
        Write("lib/Lib.csproj", "<Project />");

        var record = await CaptureAsync(SourceKind.Project, "app/App.csproj");

        Assert.Equal(["app/App.csproj"], record.Files.Select(file => file.Path));
        Assert.Equal(["lib/Lib.csproj"], record.Outside);
        Assert.Contains("'$(Elsewhere)/X.csproj' cannot be followed", record.Remarks);
    }

    [Fact]
    public async Task InARepository_CommitAndDifference_AreKept()
    {
        Write("repo/flow.cs", "// one\n");
        Write("repo/other.cs", "// not part of the flow\n");
        Git("init", "-q", "-b", "trunk");
        Git("add", ".");
        Git("-c", "user.name=ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", "First.");
        Write("repo/flow.cs", "// two\n");
        Write("repo/other.cs", "// changed too\n");
        using var store = LocalStore.Open(_folder["store"]);

        var record = await CaptureAsync(SourceKind.File, "repo/flow.cs", store: store);

        Assert.Equal(("trunk", 40), (record.Git!.Branch, record.Git.Commit!.Length));
        Assert.Equal(["flow.cs"], record.Git.Changed);
        using var diff = new StreamReader(store.Blobs.OpenRead(record.Git.Diff));
        var text = await diff.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("-// one\n+// two", text, StringComparison.Ordinal);
        Assert.DoesNotContain("other.cs", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twice_TheSameFiles_AddNoBlob()
    {
        Write("a.cs", "class A;");
        Write("b.cs", "class B;");
        using var store = LocalStore.Open(_folder["store"]);
        Write("App.csproj", "<Project />");
        await CaptureAsync(SourceKind.Project, "App.csproj", store: store);
        var before = store.Blobs.List().Count();
        Write("b.cs", "class C;");

        await CaptureAsync(SourceKind.Project, "App.csproj", store: store);

        Assert.Equal(3, before);
        Assert.Equal(4, store.Blobs.List().Count());
    }

    [Fact]
    public void Parse_GitStatus_ReadsNamesWithBlanksAndRenames()
    {
        var status = GitStatus.Parse(
            "# branch.oid abc\0# branch.head (detached)\01 .M N... 100644 100644 100644 a b a file.cs\0"
            + "2 R. N... 100644 100644 100644 a b R100 new.cs\0old.cs\0? new dir/x.cs\0");

        Assert.Equal(("abc", null), (status.Commit, status.Branch));
        Assert.Equal(["a file.cs", "new.cs"], status.Tracked);
        Assert.Equal(["new dir/x.cs"], status.Untracked);
    }

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = _folder["repo"], RedirectStandardError = true };
        using var git = Process.Start(start)!;
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, git.StandardError.ReadToEnd());
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], text);
    }

    private async Task<ProvenanceRecord> CaptureAsync(
        SourceKind kind, string entry, Func<ProvenanceRequest, ProvenanceRequest>? change = null, LocalStore? store = null)
    {
        var request = new ProvenanceRequest
        {
            Version = "1.0.0", WorkingDirectory = _folder.Path, Source = new(kind, _folder[entry], null, null, null, null),
        };
        using var own = store is null ? LocalStore.Open(_folder[".metaflow"]) : null;
        ProvenanceRecord? record = null;
        var fault = await ProvenanceCapture.RunAsync(
            change?.Invoke(request) ?? request, store ?? own!, (header, body) => record = ProvenanceJson.Parse(header, body), TimeProvider.System);
        Assert.Null(fault);
        return record!;
    }
}
