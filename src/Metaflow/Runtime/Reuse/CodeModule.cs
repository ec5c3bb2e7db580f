using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace Metaflow.Runtime.Reuse;

/// <summary>An assembly of the user's, as it is on disk.</summary>
internal sealed class CodeModule : IDisposable
{
    private readonly PEReader _file;

    /// <exception cref="BadImageFormatException">The bytes are no assembly.</exception>
    public CodeModule(byte[] image)
    {
        _file = new(ImmutableArray.Create(image));
        Reader = _file.GetMetadataReader();
        Name = Reader.GetString(Reader.GetAssemblyDefinition().Name);
        CheckSignatures();
        Content = Convert.ToHexStringLower(SHA256.HashData(image));
    }

    /// <summary>The assembly's simple name.</summary>
    public string Name { get; }

    /// <summary>The hash of the whole file.</summary>
    public string Content { get; }

    public MetadataReader Reader { get; }

    /// <summary>Where the program starts, if it does in this assembly.</summary>
    public MethodDefinitionHandle? EntryPoint =>
        _file.PEHeaders.CorHeader is { EntryPointTokenOrRelativeVirtualAddress: var token and not 0 }
        && MetadataTokens.EntityHandle(token) is { Kind: HandleKind.MethodDefinition } handle
            ? (MethodDefinitionHandle)handle
            : null;

    /// <summary>A method's body; <see langword="null"/> if it has none.</summary>
    public MethodBodyBlock? Body(MethodDefinition method) =>
        method.RelativeVirtualAddress == 0 ? null : _file.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>The data of a field that is part of the file, such as the elements of an array; at most so many bytes.</summary>
    public byte[] Data(FieldDefinition field, int length)
    {
        var content = _file.GetSectionData(field.GetRelativeVirtualAddress()).GetContent();
        return [.. content.AsSpan(0, Math.Min(length, content.Length))];
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Signatures are decoded by recursion: one that no compiler writes must not exhaust the stack.</summary>
    private void CheckSignatures()
    {
        const int Longest = ushort.MaxValue;
        var signatures = Reader.MethodDefinitions.Select(handle => Reader.GetMethodDefinition(handle).Signature)
            .Concat(Reader.FieldDefinitions.Select(handle => Reader.GetFieldDefinition(handle).Signature))
            .Concat(Reader.MemberReferences.Select(handle => Reader.GetMemberReference(handle).Signature))
            .Concat(Enumerable.Range(1, Reader.GetTableRowCount(TableIndex.TypeSpec)).Select(row => Reader.GetTypeSpecification(MetadataTokens.TypeSpecificationHandle(row)).Signature))
            .Concat(Enumerable.Range(1, Reader.GetTableRowCount(TableIndex.StandAloneSig)).Select(row => Reader.GetStandaloneSignature(MetadataTokens.StandaloneSignatureHandle(row)).Signature))
            .Concat(Enumerable.Range(1, Reader.GetTableRowCount(TableIndex.MethodSpec)).Select(row => Reader.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row)).Signature));
        if (signatures.Any(signature => Reader.GetBlobReader(signature).Length > Longest))
        {
            throw new BadImageFormatException("A signature is too long.");
        }
    }
}

/// <summary>A type of the user's.</summary>
internal readonly record struct CodeType(CodeModule Module, TypeDefinitionHandle Handle)
{
    public TypeDefinition Definition => Module.Reader.GetTypeDefinition(Handle);
}

/// <summary>A method of the user's.</summary>
internal readonly record struct CodeMethod(CodeModule Module, MethodDefinitionHandle Handle)
{
    public MethodDefinition Definition => Module.Reader.GetMethodDefinition(Handle);

    public string Name => Module.Reader.GetString(Definition.Name);

    public CodeType Type => new(Module, Definition.GetDeclaringType());
}

/// <summary>A field of the user's.</summary>
internal readonly record struct CodeField(CodeModule Module, FieldDefinitionHandle Handle)
{
    public FieldDefinition Definition => Module.Reader.GetFieldDefinition(Handle);

    public string Name => Module.Reader.GetString(Definition.Name);

    public CodeType Type => new(Module, Definition.GetDeclaringType());
}
