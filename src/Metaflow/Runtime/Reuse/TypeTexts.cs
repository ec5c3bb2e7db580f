using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Metaflow.Runtime.Reuse;

/// <summary>A type in a signature.</summary>
/// <param name="Text">How it is written in an identity.</param>
/// <param name="Type">The type of the user's, without its arguments; <see langword="null"/> if it is somebody else's.</param>
/// <param name="Assembly">The assembly of a type that is somebody else's.</param>
/// <param name="FullName">Its full name, without arguments.</param>
internal readonly record struct TypeText(string Text, CodeType? Type, string Assembly, string FullName);

/// <summary>Writes the types of signatures, and tells of each type of the user's that it meets.</summary>
internal sealed class TypeTexts(CodeUniverse universe, CodeModule module, Func<CodeType, string> nameOf, Action<CodeType> meets)
    : ISignatureTypeProvider<TypeText, object?>
{
    public TypeText GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Own(new(module, handle));

    public TypeText GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var (assembly, name) = CodeUniverse.NameOf(reader, handle);
        return universe.Find(assembly ?? module.Name, name) is { } own ? Own(own) : new(name, null, assembly ?? "", name);
    }

    public TypeText GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public TypeText GetGenericInstantiation(TypeText generic, ImmutableArray<TypeText> arguments) =>
        generic with { Text = $"{generic.Text}<{string.Join(',', arguments.Select(argument => argument.Text))}>" };

    public TypeText GetPrimitiveType(PrimitiveTypeCode code) => Plain(code.ToString());

    public TypeText GetSZArrayType(TypeText element) => Plain(element.Text + "[]");

    public TypeText GetArrayType(TypeText element, ArrayShape shape) => Plain($"{element.Text}[{shape.Rank}]");

    public TypeText GetByReferenceType(TypeText element) => Plain(element.Text + "&");

    public TypeText GetPointerType(TypeText element) => Plain(element.Text + "*");

    public TypeText GetPinnedType(TypeText element) => Plain("pinned " + element.Text);

    public TypeText GetGenericTypeParameter(object? context, int index) => Plain($"!{index}");

    public TypeText GetGenericMethodParameter(object? context, int index) => Plain($"!!{index}");

    public TypeText GetModifiedType(TypeText modifier, TypeText unmodified, bool isRequired) => unmodified with { Text = $"{modifier.Text} {unmodified.Text}" };

    public TypeText GetFunctionPointerType(MethodSignature<TypeText> signature) => Plain($"fn({Parameters(signature)}){signature.ReturnType.Text}");

    public static string Parameters(in MethodSignature<TypeText> signature) => string.Join(',', signature.ParameterTypes.Select(type => type.Text));

    private static TypeText Plain(string text) => new(text, null, "", "");

    private TypeText Own(CodeType type)
    {
        meets(type);
        return new(nameOf(type), type, "", "");
    }
}
