using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Metaflow.Runtime.Reuse;

/// <summary>The assemblies of the user's, and what can be found in them.</summary>
internal sealed partial class CodeUniverse : IDisposable
{
    private readonly Dictionary<(string Assembly, string Name), CodeType> _types = [];
    private const int DeepestNesting = 100;

    private readonly Dictionary<CodeType, string> _names = [];
    private readonly Dictionary<string, List<CodeType>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<CodeType, List<CodeType>> _parents = [];
    private readonly Dictionary<CodeType, List<CodeType>> _children = [];
    private Dictionary<CodeField, List<(CodeMethod Method, bool Writes)>>? _users;

    public CodeUniverse(IReadOnlyList<CodeModule> modules)
    {
        Modules = modules;
        foreach (var module in modules)
        {
            foreach (var handle in module.Reader.TypeDefinitions)
            {
                var type = new CodeType(module, handle);
                _names[type] = NameOf(module.Reader, handle);
                _types[(module.Name, _names[type])] = type;
                Add(_byName, _names[type], type);
            }
        }

        foreach (var type in _names.Keys)
        {
            foreach (var parent in ReadParents(type))
            {
                Add(_parents, type, parent);
                Add(_children, parent, type);
            }
        }
    }

    public IReadOnlyList<CodeModule> Modules { get; }

    /// <summary>A type by name; <see langword="null"/> if it is not the user's.</summary>
    public CodeType? Find(string assembly, string name) => _types.TryGetValue((assembly, name), out var type) ? type : null;

    /// <summary>The types of a full name, in whatever assembly.</summary>
    public IReadOnlyList<CodeType> Find(string name) => _byName.GetValueOrDefault(name) ?? [];

    /// <summary>Whether the compiler made the type; one that the source hides in its file is no such type.</summary>
    public static bool IsGenerated(CodeType type)
    {
        for (var depth = 0; depth < DeepestNesting; depth++)
        {
            var name = type.Module.Reader.GetString(type.Definition.Name);
            if (name.Contains('<', StringComparison.Ordinal) && !FileLocalName().IsMatch(name))
            {
                return true;
            }

            if (type.Definition.GetDeclaringType() is not { IsNil: false } outer)
            {
                break;
            }

            type = new(type.Module, outer);
        }

        return false;
    }

    /// <summary>The full name of a type; nested ones stand after a plus.</summary>
    public string NameOf(CodeType type) => _names[type];

    /// <summary>The base class and interfaces of a type that are the user's.</summary>
    public IReadOnlyList<CodeType> Parents(CodeType type) => _parents.GetValueOrDefault(type) ?? [];

    /// <summary>The types that derive from a type or implement it.</summary>
    public IReadOnlyList<CodeType> Children(CodeType type) => _children.GetValueOrDefault(type) ?? [];

    /// <summary>The methods that name a static field.</summary>
    public IReadOnlyList<(CodeMethod Method, bool Writes)> Users(CodeField field) =>
        (_users ??= FindUsers()).GetValueOrDefault(field) ?? [];

    /// <summary>The members of a name, in the type or else in the nearest base class of the user's.</summary>
    public IEnumerable<CodeMethod> Methods(CodeType type, string name, int parameters) => Nearest(type, owner => owner.Definition.GetMethods()
        .Select(handle => new CodeMethod(owner.Module, handle)).Where(method => method.Name == name && ParameterCount(method) == parameters));

    /// <inheritdoc cref="Methods"/>
    public IEnumerable<CodeField> Fields(CodeType type, string name) => Nearest(type, owner => owner.Definition.GetFields()
        .Select(handle => new CodeField(owner.Module, handle)).Where(field => field.Name == name));

    private IEnumerable<T> Nearest<T>(CodeType type, Func<CodeType, IEnumerable<T>> membersOf)
    {
        var (waiting, seen) = (new Queue<CodeType>([type]), new HashSet<CodeType>());
        while (waiting.TryDequeue(out var owner))
        {
            if (!seen.Add(owner))
            {
                continue;
            }

            var isFound = false;
            foreach (var member in membersOf(owner))
            {
                isFound = true;
                yield return member;
            }

            if (!isFound)
            {
                foreach (var parent in Parents(owner))
                {
                    waiting.Enqueue(parent);
                }
            }
        }
    }

    public static (string? Assembly, string Name) NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        // Also the names of nested types may go in a ring in damaged bytes; the stack is deep, but has an end.
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var type = reader.GetTypeReference(handle);
        var (space, name) = (reader.GetString(type.Namespace), reader.GetString(type.Name));
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var (assembly, outer) = NameOf(reader, (TypeReferenceHandle)type.ResolutionScope);
                return (assembly, $"{outer}+{name}");
            case HandleKind.AssemblyReference:
                return (reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name), Join(space, name));
            default:
                return (null, Join(space, name));
        }
    }

    public void Dispose()
    {
        foreach (var module in Modules)
        {
            module.Dispose();
        }
    }

    private static string NameOf(MetadataReader reader, TypeDefinitionHandle handle, int depth = 0)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        return depth > DeepestNesting ? throw new BadImageFormatException("Types are nested in a ring.")
            : type.GetDeclaringType() is { IsNil: false } outer ? $"{NameOf(reader, outer, depth + 1)}+{name}"
            : Join(reader.GetString(type.Namespace), name);
    }

    [GeneratedRegex("^<[^<>]*>F[0-9A-F]{64}__")]
    private static partial Regex FileLocalName();

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    private static void Add<TKey>(Dictionary<TKey, List<CodeType>> lists, TKey key, CodeType value)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        list.Add(value);
    }

    private static int ParameterCount(CodeMethod method)
    {
        var blob = method.Module.Reader.GetBlobReader(method.Definition.Signature);
        if (blob.ReadSignatureHeader().IsGeneric)
        {
            blob.ReadCompressedInteger();
        }

        return blob.ReadCompressedInteger();
    }

    private IEnumerable<CodeType> ReadParents(CodeType type)
    {
        var texts = new TypeTexts(this, type.Module, NameOf, static _ => { });
        var definition = type.Definition;
        var handles = definition.GetInterfaceImplementations().Select(handle => type.Module.Reader.GetInterfaceImplementation(handle).Interface);
        foreach (var handle in definition.BaseType.IsNil ? handles : handles.Prepend(definition.BaseType))
        {
            if (Resolve(texts, type.Module, handle).Type is { } parent)
            {
                yield return parent;
            }
        }
    }

    /// <summary>Reads a type wherever it is named.</summary>
    public static TypeText Resolve(TypeTexts texts, CodeModule module, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => texts.GetTypeFromDefinition(module.Reader, (TypeDefinitionHandle)handle, 0),
        HandleKind.TypeReference => texts.GetTypeFromReference(module.Reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeSpecification => texts.GetTypeFromSpecification(module.Reader, null, (TypeSpecificationHandle)handle, 0),
        _ => default,
    };

    private Dictionary<CodeField, List<(CodeMethod Method, bool Writes)>> FindUsers()
    {
        var users = new Dictionary<CodeField, List<(CodeMethod, bool)>>();
        foreach (var module in Modules)
        {
            var texts = new TypeTexts(this, module, NameOf, static _ => { });
            foreach (var handle in module.Reader.MethodDefinitions)
            {
                var method = new CodeMethod(module, handle);
                if (module.Body(method.Definition) is not { } body)
                {
                    continue;
                }

                foreach (var instruction in Instructions.Read(body))
                {
                    if (instruction.Code.Value is var code && code != OpCodes.Ldsfld.Value && code != OpCodes.Ldsflda.Value && code != OpCodes.Stsfld.Value)
                    {
                        continue;
                    }

                    foreach (var field in FieldsAt(texts, module, instruction.Handle))
                    {
                        if (!users.TryGetValue(field, out var list))
                        {
                            users[field] = list = [];
                        }

                        list.Add((method, code != OpCodes.Ldsfld.Value));
                    }
                }
            }
        }

        return users;
    }

    /// <summary>The fields of the user's that a token can mean.</summary>
    public IEnumerable<CodeField> FieldsAt(TypeTexts texts, CodeModule module, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.FieldDefinition)
        {
            return [new(module, (FieldDefinitionHandle)handle)];
        }

        var member = module.Reader.GetMemberReference((MemberReferenceHandle)handle);
        return Resolve(texts, module, member.Parent).Type is { } owner ? Fields(owner, module.Reader.GetString(member.Name)) : [];
    }
}
